import { EXIT, LoanbookError } from '../../errors.js';
import { csvBatches } from '../../files/csv-reader.js';
import { maskCell, shownTitles } from '../../files/mask.js';

/** A line that cannot be taken. */
export interface BadLine {
  readonly line: number;
  readonly rule: string;
  /** The number of its loan or order. */
  readonly about?: string;
  readonly value?: string;
}

/** Whose file it is, and what it has. */
export interface WholeFile<T extends string> {
  /** Such as "the guarantor". */
  readonly sender: string;
  /** What a line is about. */
  readonly about: 'loan' | 'order';
  readonly needed: readonly T[];
  readonly optional?: readonly T[];
  /** Code of the error where lines cannot be taken. */
  readonly code: string;
}

export interface ReadLines<R> {
  readonly rows: R[];
  readonly bad: BadLine[];
}

/**
 * Reads a CSV that is taken whole or not at all, its columns in any order; `rowOf` makes a row of a
 * line, or says what is wrong with it. Throws LoanbookError `wrong_header` (1).
 */
export async function readWhole<T extends string, R extends { readonly line: number }>(
  path: string,
  kind: WholeFile<T>,
  rowOf: (of: (title: T) => string, line: number) => R | BadLine,
): Promise<ReadLines<R>> {
  const rows: R[] = [];
  const bad: BadLine[] = [];
  let titles: readonly string[] | undefined;
  for await (const { records, lines } of csvBatches(path)) {
    for (const [at, record] of records.entries()) {
      const line = lines[at]!;
      if (titles === undefined) {
        titles = record;
        requireTitles(path, titles, kind);
        continue;
      }
      const head = titles;
      const of = (title: T) => record[head.indexOf(title)] ?? '';
      const isWhole = record.length === titles.length;
      const row = isWhole ? rowOf(of, line) : { line, rule: 'field_count' };
      if ('rule' in row) bad.push(row);
      else rows.push(row);
    }
  }
  if (titles === undefined) requireTitles(path, [], kind);
  return { rows, bad };
}

function requireTitles<T extends string>(
  path: string,
  titles: readonly string[],
  { sender, needed, optional = [] }: WholeFile<T>,
): void {
  const known: readonly string[] = [...needed, ...optional];
  const isRight =
    needed.every((each) => titles.includes(each)) &&
    titles.every((each) => known.includes(each)) &&
    new Set(titles).size === titles.length;
  if (isRight) return;
  const left = optional.length === 0 ? '' : ` (${optional.join(', ')} may be left out)`;
  throw new LoanbookError('wrong_header', 'The head of the file names other columns.', {
    exitCode: EXIT.failed,
    evidence: { file: path, expected: known.join(), found: shownTitles(titles).join() },
    next: `Ask ${sender} for the file with these columns${left}; nothing was taken.`,
  });
}

/** Exit 1: nothing of the file was taken. Values are masked. */
export function refusedWhole<T extends string>(
  path: string,
  bad: readonly BadLine[],
  { code, sender, about: of }: WholeFile<T>,
): LoanbookError {
  const shown = bad.map((each): BadLine => {
    return each.value === undefined ? each : { ...each, value: maskCell(each.value) };
  });
  const { line, about, rule, value } = shown[0]!;
  const lines = shown.map((each) => {
    const which = each.about === undefined ? '' : ` of ${each.about}`;
    const got = each.value === undefined ? '' : `; got ${each.value}`;
    return `  line ${each.line}${which}: ${each.rule}${got}`;
  });
  return new LoanbookError(code, ['The file is refused whole:', ...lines].join('\n'), {
    exitCode: EXIT.failed,
    evidence: { file: path, lines: bad.length, line, [of]: about, rule, value },
    next: `Settle these lines with ${sender} and take its corrected file; nothing was taken.`,
  });
}
