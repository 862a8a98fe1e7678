import type { Table, TableColumn, TableRow } from '../../files/table.js';
import {
  type CellChoice,
  formatOfFile,
  requireTableTarget,
  writeTables,
} from '../../files/table-file.js';
import type { Report } from '../../jobs/ledger/report.js';
import type { CommandContext } from './context.js';
import { displayWidth } from './display-width.js';
import { printOutcome, printRecord } from './output.js';
import { type Output, put } from './put-text.js';

/** Rows that say how wide the columns of a printed table are. */
const WIDTH_ROWS = 200;
const GAP = '  ';

/**
 * Brings a report out: into a file by its ending (CSV, XLSX, JSON), as one JSON document, or as
 * tables for people. Rows are streamed, a million of them too.
 */
export async function putReport(
  context: CommandContext,
  report: Report,
  file: string | undefined,
  choice: CellChoice = {},
): Promise<void> {
  if (file !== undefined) {
    const { head, main, tables } = report;
    const isCsv = formatOfFile(file) === 'csv';
    const chosen =
      isCsv && main !== undefined ? tables.filter(({ name }) => name === main) : tables;
    let rows = 0;
    const count = () => {
      rows += 1;
    };
    await writeTables(
      file,
      chosen.map((table) => ({ ...table, rows: counting(table.rows, count) })),
      choice,
    );
    printOutcome(context, { ...head, file, rows });
  } else {
    const out = { stream: context.stdout, signal: context.signal };
    if (context.json) await putJson(out, report);
    else await printReport(out, report);
  }
}

/** For a command that checks the file's name before it opens the book. */
export function requireTableFile(file: string | undefined): void {
  if (file !== undefined) requireTableTarget(file);
}

async function* counting(rows: Table['rows'], onRow: () => void): AsyncGenerator<TableRow> {
  for await (const row of rows) {
    onRow();
    yield row;
  }
}

async function putJson(out: Output, report: Report): Promise<void> {
  const text = new TextPieces(out);
  await putDocument(text, report).finally(() => text.flush());
}

async function putDocument(text: TextPieces, { head, tables }: Report): Promise<void> {
  let before = '{\n';
  for (const [key, value] of Object.entries(head)) {
    await text.put(`${before}  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
    before = ',\n';
  }
  for (const { name, columns, rows } of tables) {
    await text.put(`${before}  ${JSON.stringify(name)}: [`);
    before = ',\n';
    let separator = '\n';
    for await (const row of rows) {
      const own = Object.fromEntries(columns.map(({ key }) => [key, row[key] ?? null]));
      await text.put(`${separator}    ${JSON.stringify(own)}`);
      separator = ',\n';
    }
    await text.put('\n  ]');
  }
  await text.put('\n}\n');
}

async function printReport(out: Output, { head, tables }: Report): Promise<void> {
  const said = Object.entries(head).filter(([, value]) => value !== null);
  printRecord(out.stream, Object.fromEntries(said));
  const text = new TextPieces(out);
  for (const { title, columns, rows } of tables) {
    await text.put(title === undefined || tables.length === 1 ? '\n' : `\n${title}\n\n`);
    await printRows(text, columns, rows).finally(() => text.flush());
  }
}

/** The first rows say how wide the columns are: a wider value further down only moves its line. */
async function printRows(
  text: TextPieces,
  columns: readonly TableColumn[],
  rows: Table['rows'],
): Promise<void> {
  let widths: number[] | undefined;
  let first: string[][] = [];
  const begin = async () => {
    const titles = columns.map(({ title }) => title);
    widths = columns.map((_, at) =>
      [titles, ...first].reduce((most, row) => Math.max(most, displayWidth(row[at]!)), 0),
    );
    const rule = widths.map((cells) => '-'.repeat(cells));
    for (const row of [titles, rule, ...first]) await text.put(lineOf(row, columns, widths));
    first = [];
  };
  for await (const row of rows) {
    const cells = columns.map(({ key }) => String(row[key] ?? ''));
    if (widths !== undefined) await text.put(lineOf(cells, columns, widths));
    else if (first.push(cells) === WIDTH_ROWS) await begin();
  }
  if (widths === undefined) await begin();
}

function lineOf(
  cells: readonly string[],
  columns: readonly TableColumn[],
  widths: readonly number[],
): string {
  const padded = cells.map((cell, at) => {
    const space = ' '.repeat(Math.max(0, widths[at]! - displayWidth(cell)));
    const { kind } = columns[at]!;
    return kind === 'amount' || kind === 'count' ? space + cell : cell + space;
  });
  return `${padded.join(GAP).trimEnd()}\n`;
}

/** A write a row is a system call a row. */
const PIECE_CHARS = 1 << 16;

/** Text on its way out, in pieces. */
class TextPieces {
  readonly #out: Output;
  #text = '';

  constructor(out: Output) {
    this.#out = out;
  }

  async put(text: string): Promise<void> {
    this.#text += text;
    if (this.#text.length >= PIECE_CHARS) await this.flush();
  }

  async flush(): Promise<void> {
    const text = this.#text;
    this.#text = '';
    if (text !== '') await put(this.#out, text);
  }
}
