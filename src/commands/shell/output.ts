import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { shownTotal } from '../../accounting/money/total.js';
import { maskText, maskTexts } from '../../files/mask.js';
import { KNOWN_BY } from '../../files/masked-report.js';
import type { OutputStream } from './context.js';
import { displayWidth } from './display-width.js';

export type Cell = string | number | bigint | boolean | null | undefined;

/** One column of a table. `key` names the field of a row; amounts and counts align right. */
export interface Column<Row> {
  readonly key: keyof Row & string;
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** How the value is shown; plain text of the value without it. */
  readonly format?: (value: never, row: Row) => string;
}

const GAP = '  ';

/** Prints aligned columns under their titles; Chinese characters count as two cells. */
export function printTable<Row extends object>(
  out: Writable,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
): void {
  const titles = columns.map((column) => column.title);
  const cells = [titles, ...rows.map((row) => columns.map((column) => cellText(column, row)))];
  const aligned = alignedLines(
    cells,
    columns.map(({ align }) => align === 'right'),
  );
  out.write(aligned.join(''));
}

/** Lines of cells in columns as wide as their widest, under the first of them and a rule. */
export function alignedLines(
  lines: readonly (readonly string[])[],
  isRight: readonly boolean[],
  widths: readonly number[] = widthsOf(lines),
): string[] {
  const [titles = [], ...rest] = lines;
  const rule = widths.map((cells) => '-'.repeat(cells));
  return [titles, rule, ...rest].map((cells) => alignedLine(cells, isRight, widths));
}

/** How wide each column is: as wide as the widest of its cells. */
export function widthsOf(lines: readonly (readonly string[])[]): number[] {
  const [titles = []] = lines;
  return titles.map((_, at) =>
    lines.reduce((widest, cells) => Math.max(widest, displayWidth(cells[at] ?? '')), 0),
  );
}

export function alignedLine(
  cells: readonly string[],
  isRight: readonly boolean[],
  widths: readonly number[],
): string {
  const padded = cells.map((cell, at) =>
    pad(cell, widths[at] ?? 0, isRight[at] ? 'right' : 'left'),
  );
  return `${padded.join(GAP).trimEnd()}\n`;
}

/** Prints one thing as `name  value` lines; fields that are undefined are left out. */
export function printRecord(out: Writable, record: Readonly<Record<string, Cell>>): void {
  out.write(recordLines(Object.entries(maskTexts(record, KNOWN_BY))));
}

/** One thing as `name  value` lines; fields that are undefined are left out. */
export function recordLines(record: readonly (readonly [name: string, value: Cell])[]): string {
  const fields = record.filter(([, value]) => value !== undefined);
  const widest = fields.reduce((cells, [name]) => Math.max(cells, displayWidth(name)), 0);
  const lines = fields.map(([name, value]) =>
    `${pad(name, widest, 'left')}${GAP}${plainText(value)}`.trimEnd().concat('\n'),
  );
  return lines.join('');
}

/**
 * Prints one JSON document, without a number of a person in its texts. A BigInt becomes a number,
 * or text where a number is not exact.
 */
export function printJson(out: Writable, doc: unknown): void {
  printClear(out, maskTexts(doc, KNOWN_BY));
}

/** As `printJson`, each text as it is: for what somebody has asked to see in clear. */
export function printClear(out: Writable, doc: unknown): void {
  out.write(`${JSON.stringify(doc, exactBigInt, 2)}\n`);
}

function exactBigInt(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? shownTotal(value) : value;
}

function cellText<Row extends object>(column: Column<Row>, row: Row): string {
  const value = row[column.key];
  const text = column.format ? column.format(value as never, row) : plainText(value as Cell);
  return KNOWN_BY.has(column.key) ? text : maskText(text);
}

export function plainText(value: Cell): string {
  return value === null || value === undefined ? '' : String(value);
}

function pad(text: string, cells: number, align: 'left' | 'right' = 'left'): string {
  const space = ' '.repeat(Math.max(0, cells - displayWidth(text)));
  return align === 'right' ? space + text : text + space;
}

/**
 * Prints a flat record in the form that was asked for: a JSON document, or lines for people. Its
 * texts are masked, unless somebody has asked to see them in clear.
 */
export function printOutcome(
  context: { readonly stdout: Writable; readonly json: boolean },
  record: Readonly<Record<string, Cell | readonly string[]>>,
  isClear = false,
): void {
  const shown = isClear ? record : maskTexts(record, KNOWN_BY);
  if (context.json) {
    printClear(context.stdout, shown);
    return;
  }
  const lines = Object.entries(shown).map(([name, value]): [string, Cell] => [
    name,
    isList(value) ? value.join(', ') || 'none' : value,
  ]);
  context.stdout.write(recordLines(lines));
}

function isList(value: Cell | readonly string[]): value is readonly string[] {
  return Array.isArray(value);
}

export interface Output {
  readonly stream: OutputStream;
  readonly signal: AbortSignal;
}

/** Waits while the reader is behind, so that what is printed does not pile up in memory. */
export async function put({ stream, signal }: Output, piece: string | Uint8Array): Promise<void> {
  if (!stream.write(piece)) await once(stream, 'drain', { signal });
}
