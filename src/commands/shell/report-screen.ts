import type { Report } from '../../files/report.js';
import type { Cell, CellKind, Table, TableColumn, TableRow } from '../../files/table.js';
import { type Lang, say } from './lang/lang.js';
import { alignedLine, alignedLines, plainText, recordLines, widthsOf } from './output.js';

/** Rows that say how wide the columns of a printed table are. */
const WIDTH_ROWS = 200;
/** Of a hash, where it stands in a column: enough to tell two apart. */
const HASH_SHOWN = 12;

/** A report as aligned text for people, in pieces as its rows come. */
export async function* screenPieces(report: Report, lang: Lang = 'en'): AsyncGenerator<string> {
  const { head, headline, tables, notes = [] } = report;
  const top = headline === undefined ? headLines(head) : headline === '' ? '' : `${headline}\n`;
  let gap = '';
  const below = (text: string) => {
    const spaced = gap + text;
    gap = '\n';
    return spaced;
  };
  if (top !== '') yield below(top);
  for (const table of tables) {
    const named = tables.length > 1 && table.title !== undefined;
    const title = named ? `${say(lang, table.title ?? '')}\n\n` : '';
    let isFirst = true;
    for await (const lines of linesOf(table, lang)) {
      yield isFirst ? below(title + lines) : lines;
      isFirst = false;
    }
  }
  if (notes.length > 0) yield below(`${notes.join('\n')}\n`);
}

function headLines(head: Report['head']): string {
  return recordLines(Object.entries(head).filter(([, value]) => value !== null));
}

/** What is shown of a table; nothing at all where it is left out. */
async function* linesOf(table: Table, lang: Lang): AsyncGenerator<string> {
  const { sentence, isOptional = false, as, empty } = table.screen ?? {};
  if (as === undefined && sentence === undefined) {
    yield* columnLines(table, lang, isOptional);
    return;
  }
  let isEmpty = true;
  for await (const row of table.rows) {
    isEmpty = false;
    yield sentence === undefined ? recordOf(table.columns, row, lang) : `${sentence(row)}\n`;
  }
  if (isEmpty && empty !== undefined) yield `${empty}\n`;
}

function recordOf(columns: readonly TableColumn[], row: TableRow, lang: Lang): string {
  return recordLines(
    columns.map((column) => [titleOf(column, lang), row[column.key] ?? undefined] as const),
  );
}

/** The first rows say how wide the columns are: a wider value further down only moves its line. */
async function* columnLines(
  { columns, rows }: Table,
  lang: Lang,
  isOptional: boolean,
): AsyncGenerator<string> {
  const isRight = columns.map(({ kind }) => RIGHT.has(kind));
  const titles = columns.map((column) => titleOf(column, lang));
  let first: string[][] | undefined = [titles];
  let widths: number[] = [];
  for await (const row of rows) {
    const cells = columns.map(({ key, kind }) => cellText(row[key], kind));
    if (first === undefined) {
      yield alignedLine(cells, isRight, widths);
      continue;
    }
    if (first.push(cells) <= WIDTH_ROWS) continue;
    widths = widthsOf(first);
    yield alignedLines(first, isRight, widths).join('');
    first = undefined;
  }
  const isLeftOut = isOptional && first?.length === 1;
  if (first !== undefined && !isLeftOut) yield alignedLines(first, isRight).join('');
}

function titleOf({ title, onScreen = title }: TableColumn, lang: Lang): string {
  return say(lang, onScreen);
}

/** Figures stand below each other by their last digit. */
const RIGHT: ReadonlySet<CellKind> = new Set<CellKind>(['amount', 'count', 'figure', 'rate']);

function cellText(value: Cell, kind: CellKind): string {
  const text = plainText(value);
  return kind === 'hash' ? text.slice(0, HASH_SHOWN) : text;
}
