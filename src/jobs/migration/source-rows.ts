import type { LayoutDocument } from '../../files/layout/layout-document.js';
import { layoutRows } from '../../files/layout/layout-rows.js';
import type { ColumnSpec } from '../import/source/source-columns.js';
import { openSource } from '../import/source/source-file.js';

/** A file of another system, and what it looks like. */
export interface TheirFile {
  readonly file: string;
  readonly layout?: LayoutDocument | undefined;
  /** Path of a column mapping document, where there is no layout. */
  readonly mapping?: string | undefined;
}

export interface TextRow {
  readonly line: number;
  /** Our fields by name, '' where the file has none; null: the row cannot be read. */
  readonly fields: Readonly<Record<string, string>> | null;
}

export interface ReadAs {
  readonly kind: 'loans' | 'schedules' | 'balances' | 'installments';
  readonly columns: readonly ColumnSpec[];
  readonly minorDigits: number;
  readonly signal?: AbortSignal | undefined;
}

/** The rows of a file as our fields. Throws as `openSource` and `layoutRows` do. */
export async function* textRows(
  { file, layout, mapping }: TheirFile,
  { kind, columns, minorDigits, signal }: ReadAs,
): AsyncGenerator<TextRow> {
  const names = columns.map(({ name }) => name);
  const named = (texts: readonly string[]) =>
    Object.fromEntries(names.map((name, at) => [name, texts[at] ?? '']));
  if (layout !== undefined) {
    const options = { fields: names, minorDigits, signal };
    for await (const { rows } of layoutRows(file, layout, options)) {
      for (const { line, fields, problem } of rows) {
        yield { line, fields: problem === undefined ? named(fields) : null };
      }
    }
    return;
  }
  const source = await openSource(kind, columns, {
    ...{ file, minorDigits },
    ...(mapping === undefined ? {} : { mapping }),
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const batch of source.rows(signal)) {
    for (const [at, record] of batch.records.entries()) {
      const texts: string[] = [];
      const isRead =
        record.length === source.columns.width && source.columns.read(record, texts) === undefined;
      yield { line: batch.lines[at]!, fields: isRead ? named(texts) : null };
    }
  }
}
