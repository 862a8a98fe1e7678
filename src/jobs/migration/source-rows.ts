import type { ColumnSpec } from '../import/source/source-columns.js';
import { openSource, shapeProblem } from '../import/source/source-file.js';

/** A file of another system, and what it looks like. */
export interface TheirFile {
  readonly file: string;
  /** Path or name of a layout. */
  readonly layout?: string | undefined;
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

/** The rows of a file as our fields. Throws as `openSource` does. */
export async function* textRows(
  { file, layout, mapping }: TheirFile,
  { kind, columns, minorDigits, signal }: ReadAs,
): AsyncGenerator<TextRow> {
  const source = await openSource(kind, columns, {
    ...{ file, minorDigits },
    ...(layout === undefined ? {} : { layout }),
    ...(mapping === undefined ? {} : { mapping }),
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const batch of source.rows(signal)) {
    for (const [at, record] of batch.records.entries()) {
      const texts: string[] = [];
      const problem =
        batch.problemOf?.(at) ??
        shapeProblem(source, record, batch.hasNul) ??
        source.columns.read(record, texts);
      const named = columns.map(({ name }, k) => [name, texts[k] ?? '']);
      const fields = problem === undefined ? Object.fromEntries(named) : null;
      yield { line: batch.lines[at]!, fields };
    }
  }
}
