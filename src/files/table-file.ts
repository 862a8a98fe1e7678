import { extname } from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { EXIT, LoanbookError } from '../errors.js';
import { isFormulaLike } from './formula-like.js';
import type { Facts, Report } from './report.js';
import type { Cell, Table, TableColumn, TableRow } from './table.js';
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

/** How text cells are written. */
export interface CellChoice {
  /** Leave those alone that a spreadsheet would take for a formula. */
  readonly raw?: boolean | undefined;
}

/**
 * A report as a file's content, in pieces as its rows come. A workbook has a sheet a table, and one
 * at the end that says what it is of; a JSON document has the facts and a key a table; CSV (UTF-8
 * with a byte order mark, which Excel needs) holds the main table alone.
 */
export function reportPieces(
  report: Report,
  format: TableFormat,
  choice: CellChoice = {},
): AsyncGenerator<string | Uint8Array> {
  const tables = tablesIn(report, format);
  if (format === 'json') return json({ ...report, tables });
  return format === 'csv' ? csv(tables[0], choice) : xlsx([...tables, ...about(report)], choice);
}

/** The tables that the format has room for. */
export function tablesIn({ tables, main }: Report, format: TableFormat): readonly Table[] {
  if (format !== 'csv') return tables;
  const [first] = main === undefined ? tables : tables.filter(({ name }) => name === main);
  return first === undefined ? [] : [first];
}

/** A sheet with what the others are of; none where there is nothing to say. */
function about({ head, headline, notes = [] }: Report): Table[] {
  const said = [headline ?? '', ...notes].filter((sentence) => sentence !== '');
  const facts = Object.entries(head).filter(([, value]) => value !== null && value !== undefined);
  const rows = [
    ...facts.map(([item, value]) => ({ item, value })),
    ...said.map((value) => ({ item: 'note', value })),
  ];
  if (rows.length === 0) return [];
  const columns: TableColumn[] = [
    { key: 'item', title: '项目 item', kind: 'text' },
    { key: 'value', title: '内容 value', kind: 'text', width: 60 },
  ];
  return [{ name: '说明 about', columns, rows }];
}

/** Rows are turned into text so many at a time. */
const BATCH = 1_000;

async function* csv(table: Table | undefined, { raw = false }: CellChoice): AsyncGenerator<string> {
  if (table === undefined) return;
  const columns = table.columns.map(({ key, title }) => ({ key, header: title }));
  const texts = raw ? [] : table.columns.filter(({ kind }) => kind === 'text');
  const cast = { boolean: String };
  yield stringify([], { columns, header: true, bom: true });
  let batch: TableRow[] = [];
  for await (const row of table.rows) {
    if (batch.push(asText(row, texts)) < BATCH) continue;
    yield stringify(batch, { columns, cast });
    batch = [];
  }
  yield stringify(batch, { columns, cast });
}

/** The row as it may be opened: an apostrophe before what would be a formula makes it text. */
function asText(row: TableRow, texts: readonly TableColumn[]): TableRow {
  let safe: Record<string, Cell> | undefined;
  for (const { key } of texts) {
    const value = row[key];
    if (typeof value !== 'string' || !isFormulaLike(value)) continue;
    safe ??= { ...row };
    safe[key] = `'${value}`;
  }
  return safe ?? row;
}

async function* json({ head, tables, notes = [] }: Report): AsyncGenerator<string> {
  const said: Facts | { notes: readonly string[] } = notes.length === 0 ? {} : { notes };
  let before = '{\n';
  for (const [key, value] of Object.entries({ ...head, ...said })) {
    yield `${before}  ${JSON.stringify(key)}: ${JSON.stringify(value ?? null)}`;
    before = ',\n';
  }
  for (const { name, columns, rows } of tables) {
    yield `${before}  ${JSON.stringify(name)}: [`;
    before = ',\n';
    let separator = '\n';
    for await (const row of rows) {
      const own = Object.fromEntries(columns.map(({ key }) => [key, row[key] ?? null]));
      yield `${separator}    ${JSON.stringify(own)}`;
      separator = ',\n';
    }
    yield '\n  ]';
  }
  yield before === '{\n' ? '{}\n' : '\n}\n';
}
