import { looksLikeData } from './column-guess.js';
import type { Doubt, SampleRow } from './examination.js';
import { isTotalWord } from './title-words.js';

/** Where the rows are among the lines. */
export interface TableShape {
  readonly titles: SampleRow | undefined;
  readonly rows: readonly SampleRow[];
  readonly before: number;
  /** Lines behind the rows, blank ones left out. */
  readonly behind: number;
  readonly comment: readonly string[];
  readonly trim: readonly string[];
  readonly width: number;
  readonly doubts: readonly Doubt[];
}

/** What is taken off fields: a backtick that keeps a number text, a tab, a blank. */
const TRIMMED = ['`', '\t', ' '];
const COMMENT = '#';
/** A line of totals is one of the last lines. */
const BEHIND_MAX = 20;

/** Finds titles and rows: the rows are of the commonest width. */
export function tableShape(all: readonly SampleRow[]): TableShape {
  const isComment = ({ fields }: SampleRow) => fields[0]?.startsWith(COMMENT) ?? false;
  const kept = all.filter((row) => !isComment(row));
  const comment = kept.length < all.length ? [COMMENT] : [];
  const width = commonWidth(kept);
  const begin = Math.max(
    kept.findIndex(({ fields }) => fields.length === width),
    0,
  );
  const end = endOf(kept, begin, width);
  const body = kept.slice(begin, end);
  const [first] = body;
  const isTitled = first !== undefined && isTitles(first);
  const rows = isTitled ? body.slice(1) : body;
  const trim = TRIMMED.filter((sign) => rows.some(({ fields }) => fields.some(edgeOf(sign))));
  const tail = kept.slice(end).filter(({ fields }) => fields.some((field) => field.trim() !== ''));
  const before = comment.length > 0 && begin === 0 ? 0 : (first?.line ?? 1) - 1;
  return {
    titles: isTitled ? first : undefined,
    rows: rows.map(({ line, fields }) => ({ line, fields: fields.map(trimmer(trim)) })),
    before,
    behind: tail.length,
    comment,
    trim,
    width,
    doubts: [...tailDoubts(tail), ...widthDoubts(rows, width)],
  };
}

function commonWidth(rows: readonly SampleRow[]): number {
  const counts = new Map<number, number>();
  for (const { fields } of rows) counts.set(fields.length, (counts.get(fields.length) ?? 0) + 1);
  let best = 1;
  // Of two that are as common the wider one: what stands around rows is short.
  for (const [width, count] of counts) {
    const top = counts.get(best) ?? 0;
    if (count > top || (count === top && width > best)) best = width;
  }
  return best;
}

/**
 * Behind the last row: the last lines, as far as they are of another width or blank, and from a
 * line of totals on.
 */
function endOf(rows: readonly SampleRow[], begin: number, width: number): number {
  let end = rows.length;
  let isRun = true;
  for (let at = rows.length - 1; at > begin && at >= rows.length - BEHIND_MAX; at -= 1) {
    const fields = rows[at]?.fields ?? [];
    const isBlank = fields.every((field) => field.trim() === '');
    isRun &&= fields.length !== width || isBlank;
    if (isRun || isTotalWord(fields[0] ?? '') || (isBlank && end === at + 1)) end = at;
  }
  return end;
}

function isTitles({ fields }: SampleRow): boolean {
  const words = fields.map((field) => field.trim()).filter((field) => field !== '');
  return words.length > 0 && !words.some((word) => looksLikeData(word));
}

function edgeOf(sign: string) {
  return (field: string) => field !== '' && (field.startsWith(sign) || field.endsWith(sign));
}

function trimmer(signs: readonly string[]) {
  return (field: string): string => {
    let from = 0;
    let to = field.length;
    while (from < to && signs.includes(field[from]!)) from += 1;
    while (to > from && signs.includes(field[to - 1]!)) to -= 1;
    return field.slice(from, to);
  };
}

function tailDoubts(tail: readonly SampleRow[]): Doubt[] {
  const total = tail.find(({ fields }) => isTotalWord(fields[0] ?? ''));
  if (total === undefined) return [];
  const says = 'a line of totals behind the rows: hold them to it with `trailer`';
  return [{ rule: 'total_line', line: total.line, value: total.fields[0] ?? '', says }];
}

function widthDoubts(rows: readonly SampleRow[], width: number): Doubt[] {
  const other = rows.find(({ fields }) => fields.length !== width);
  if (other === undefined) return [];
  const says = `${other.fields.length} fields where most rows have ${width}`;
  return [{ rule: 'column_count', line: other.line, says }];
}
