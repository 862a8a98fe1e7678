import { parse } from 'csv-parse/sync';
import type { SampleRow } from './examination.js';
import type { TextSample } from './text-sample.js';

/** What files of rows are separated by, the usual first. */
const DELIMITERS = [',', '\t', ';', '|+|', '|@|', '@|@', '||', '|', '^', '\u0001', '!', '~'];
/** Lines by which a delimiter is chosen. */
const LINES_LOOKED_AT = 200;

export interface DelimitedRows {
  readonly delimiter: string;
  readonly quoting: 'csv' | 'all' | 'none';
  readonly rows: readonly SampleRow[];
}

/** The rows of a sample by the delimiter that gives most lines the same number of fields. */
export function delimitedRows(sample: TextSample): DelimitedRows {
  const lines = sample.head.split('\n', LINES_LOOKED_AT).filter((line) => line.trim() !== '');
  let best = { delimiter: ',', score: 0 };
  for (const delimiter of DELIMITERS) {
    const score = scoreOf(lines, delimiter);
    if (score > best.score) best = { delimiter, score };
  }
  const { delimiter } = best;
  const parsed = quotedRows(sample, delimiter);
  const hasQuotes = lines.some((line) => line.includes('"'));
  if (parsed === undefined) {
    return { delimiter, quoting: 'none', rows: plainRows(sample, delimiter) };
  }
  const isAll = hasQuotes && lines.every((line) => /^".*"\r?$/.test(line));
  return { delimiter, quoting: isAll ? 'all' : 'csv', rows: parsed };
}

/** Lines of the commonest number of fields, times a little more for more fields. */
function scoreOf(lines: readonly string[], delimiter: string): number {
  const counts = new Map<number, number>();
  for (const line of lines) {
    const width = withoutQuoted(line).split(delimiter).length;
    if (width > 1) counts.set(width, (counts.get(width) ?? 0) + 1);
  }
  let best = 0;
  for (const [width, count] of counts) {
    best = Math.max(best, count * (1 + delimiter.length / 4 + Math.min(width, 50) / 100));
  }
  return best;
}

function withoutQuoted(line: string): string {
  return line.replace(/"[^"]*"/g, '');
}

/** Undefined where quotes are no quotes of CSV. */
function quotedRows(sample: TextSample, delimiter: string): SampleRow[] | undefined {
  if (delimiter.length > 1) return undefined;
  try {
    return [
      ...csvRows(sample.head, delimiter, 1),
      ...csvRows(sample.tail, delimiter, sample.tailLine),
    ];
  } catch {
    return undefined;
  }
}

function csvRows(text: string, delimiter: string, firstLine: number): SampleRow[] {
  const parsed = parse(text, {
    delimiter,
    bom: true,
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
  }) as unknown as { record: string[]; info: { lines: number } }[];
  return parsed.map(({ record, info }) => {
    const within = record.reduce((sum, field) => sum + field.split('\n').length - 1, 0);
    return { line: firstLine + info.lines - 1 - within, fields: record };
  });
}

function plainRows(sample: TextSample, delimiter: string): SampleRow[] {
  const split = (text: string, firstLine: number) =>
    text.split('\n').flatMap((line, at): SampleRow[] => {
      const bare = line.replace(/\r$/, '').replace(/^\ufeff/, '');
      return bare === '' ? [] : [{ line: firstLine + at, fields: bare.split(delimiter) }];
    });
  return [...split(sample.head, 1), ...split(sample.tail, sample.tailLine)];
}
