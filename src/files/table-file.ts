import { extname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { EXIT, LoanbookError } from '../errors.js';
import type { Table, TableRow } from './table.js';
import { writeWhole } from './whole-file.js';
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

/**
 * Writes tables to a file in the format that its name asks for: a workbook has a sheet a table, a
 * JSON document a key a table, a CSV file (UTF-8 with a byte order mark, which Excel needs) holds
 * the first table only. The file appears whole or not at all; rows are streamed.
 */
export async function writeTables(file: string, tables: readonly Table[]): Promise<void> {
  const format = formatOfFile(file);
  await writeWhole(
    file,
    format === 'xlsx' ? xlsx(tables) : format === 'json' ? json(tables) : csv(tables),
  );
}

/** Rows are turned into text so many at a time. */
const BATCH = 1_000;

async function* csv([table]: readonly Table[]): AsyncGenerator<string> {
  if (table === undefined) return;
  const columns = table.columns.map(({ key, title }) => ({ key, header: title }));
  yield stringify([], { columns, header: true, bom: true });
  let batch: TableRow[] = [];
  for await (const row of table.rows) {
    if (batch.push(row) < BATCH) continue;
    yield stringify(batch, { columns });
    batch = [];
  }
  yield stringify(batch, { columns });
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
