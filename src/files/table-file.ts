import { extname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { EXIT, LoanbookError } from '../errors.js';
import { isFormulaLike } from './formula-like.js';
import { requireRegularTarget, writeWhole } from './new-file.js';
import type { Table, TableColumn, TableRow } from './table.js';
import { xlsx } from './xlsx.js';

export const TABLE_FORMATS = ['csv', 'xlsx', 'json'] as const;
export type TableFormat = (typeof TABLE_FORMATS)[number];

/** The format that a file's name asks for. Throws LoanbookError `unknown_format` (2). */
export function formatOfFile(file: string): TableFormat {
  const extension = extname(file).slice(1).toLowerCase();
  const format = TABLE_FORMATS.find((name) => name === extension);
  if (format !== undefined) return format;
  throw new LoanbookError('unknown_format', 'The ending of a file names its format.', {
    exitCode: EXIT.usage,
    evidence: { file, known: TABLE_FORMATS.join(', ') },
    next: 'Name a file that ends in one of them.',
  });
}

/** The file must be one that tables can be written to. Throws as `writeTables` does. */
export function requireTableTarget(file: string): void {
  requireRegularTarget(file);
  formatOfFile(file);
}

/** How text cells are written. */
export interface CellChoice {
  /** Leave those alone that a spreadsheet would take for a formula. */
  readonly raw?: boolean | undefined;
}

/**
 * Writes tables to a file in the format that its name asks for: a workbook has a sheet a table, a
 * JSON document a key a table, a CSV file (UTF-8 with a byte order mark, which Excel needs) holds
 * the first table only. The file appears whole or not at all; rows are streamed.
 */
export async function writeTables(
  file: string,
  tables: readonly Table[],
  choice: CellChoice = {},
): Promise<void> {
  requireTableTarget(file);
  const format = formatOfFile(file);
  const content =
    format === 'xlsx'
      ? xlsx(tables, choice)
      : format === 'json'
        ? json(tables)
        : csv(tables, choice);
  await writeWhole(file, content);
}

/** Rows are turned into text so many at a time. */
const BATCH = 1_000;

async function* csv(
  [table]: readonly Table[],
  { raw = false }: CellChoice,
): AsyncGenerator<string> {
  if (table === undefined) return;
  const columns = table.columns.map(({ key, title }) => ({ key, header: title }));
  const texts = raw ? [] : table.columns.filter(({ kind }) => kind === 'text');
  yield stringify([], { columns, header: true, bom: true });
  let batch: TableRow[] = [];
  for await (const row of table.rows) {
    if (batch.push(asText(row, texts)) < BATCH) continue;
    yield stringify(batch, { columns });
    batch = [];
  }
  yield stringify(batch, { columns });
}

/** The row as it may be opened: an apostrophe before what would be a formula makes it text. */
function asText(row: TableRow, texts: readonly TableColumn[]): TableRow {
  let safe: Record<string, TableRow[string]> | undefined;
  for (const { key } of texts) {
    const value = row[key];
    if (typeof value !== 'string' || !isFormulaLike(value)) continue;
    safe ??= { ...row };
    safe[key] = `'${value}`;
  }
  return safe ?? row;
}

async function* json(tables: readonly Table[]): AsyncGenerator<string> {
  yield '{';
  for (const [index, { name, columns, rows }] of tables.entries()) {
    yield `${index === 0 ? '' : ','}\n${JSON.stringify(name)}: [`;
    let isFirst = true;
    for await (const row of rows) {
      const own = Object.fromEntries(columns.map(({ key }) => [key, row[key] ?? null]));
      yield `${isFirst ? '' : ','}\n  ${JSON.stringify(own)}`;
      isFirst = false;
    }
    yield '\n]';
  }
  yield '\n}\n';
}
