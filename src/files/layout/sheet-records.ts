import type { CsvBatch } from '../csv-reader.js';
import type { XlsxOptions } from '../formats/xlsx/xlsx-batches.js';
import type { LayoutDocument } from './layout-document.js';
import type { RecordBatch, RecordSource, SourceOptions, UnreadField } from './record-sources.js';

/** Records as a workbook gives them: every row that it has, `lines` being rows of the sheet. */
export type SheetReader = (
  path: string,
  layout: LayoutDocument,
  options: SourceOptions,
  onProblem: NonNullable<XlsxOptions['onProblem']>,
) => AsyncGenerator<CsvBatch>;

interface Held {
  readonly record: readonly string[];
  readonly line: number;
}

/**
 * A source of records out of the rows of a sheet: those above the titles and behind the rows are
 * passed over, and rows without any text are blank. A cell that cannot be read goes along.
 */
export function sheetRecords(read: SheetReader): RecordSource {
  return async function* (path, layout, options): AsyncGenerator<RecordBatch> {
    const { skip, blank_lines: blankLines } = layout;
    const held: Held[] = [];
    let isOver = false;
    const unread = new Map<number, UnreadField[]>();
    const onProblem: Parameters<SheetReader>[3] = ({ line, index }, refuse) => {
      if (index === undefined) refuse();
      else unread.set(line, [...(unread.get(line) ?? []), { index, refuse }]);
    };
    for await (const batch of read(path, layout, options, onProblem)) {
      const records: (readonly string[])[] = [];
      const lines: number[] = [];
      let rowsTo: number | undefined = isOver ? 0 : undefined;
      for (const [at, record] of batch.records.entries()) {
        const line = batch.lines[at]!;
        if (line <= skip.before) continue;
        if (record.every((cell) => cell.trim() === '')) {
          if (blankLines !== 'end' || isOver) continue;
          isOver = true;
          // What is held back comes before the blank row.
          rowsTo = records.length + held.length;
          continue;
        }
        held.push({ record, line });
        const next = held.length > skip.behind ? held.shift() : undefined;
        if (next === undefined) continue;
        records.push(next.record);
        lines.push(next.line);
      }
      yield { ...batch, records, lines, rowsTo, unread };
      const [{ line: next } = { line: (batch.lines.at(-1) ?? 0) + 1 }] = held;
      for (const line of unread.keys()) if (line < next) unread.delete(line);
    }
  };
}
