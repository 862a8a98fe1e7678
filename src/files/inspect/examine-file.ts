import type { CsvBatch } from '../csv-reader.js';
import { camtBatches } from '../formats/camt/camt-batches.js';
import { containerOf } from '../formats/container.js';
import { mt940Batches } from '../formats/mt940/mt940-batches.js';
import { ndjsonBatches } from '../formats/ndjson-batches.js';
import { refusedFile } from '../formats/refused-file.js';
import type { CellProblem } from '../formats/xlsx/sheet-rows.js';
import { sheetNames, xlsxBatches } from '../formats/xlsx/xlsx-batches.js';
import { guessColumn } from './column-guess.js';
import { delimitedRows } from './delimited-rows.js';
import type { Doubt, Examination, GuessedFormat, SampleRow } from './examination.js';
import { type TableShape, tableShape } from './table-shape.js';
import { type TextSample, textSample } from './text-sample.js';

const ROWS_SHOWN = 10;
/** Rows of a workbook or statement that are looked at. */
const ROWS_MAX = 20_000;
const CELL_DOUBTS_MAX = 20;
const MARKUP = /^\s*</;

export interface ExamineOptions {
  readonly sheet?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The parts of an examination that the source of the rows tells. */
type Source = Pick<Examination, 'container' | 'format'> &
  Partial<Pick<Examination, 'charset' | 'lineEnd' | 'delimiter' | 'quoting' | 'sheet'>> & {
    readonly rows: readonly SampleRow[];
    readonly isWhole: boolean;
    readonly doubts: readonly Doubt[];
  };

/**
 * What a file seems to be. It is read once; large ones are judged by their beginning and end.
 * Throws LoanbookError `file_empty`, `unknown_charset`, and those of the format it seems to be.
 */
export async function examineFile(
  path: string,
  { sheet, signal }: ExamineOptions = {},
): Promise<Examination> {
  const container = await containerOf(path);
  const isWorkbook = container === 'workbook' || container === 'compound';
  const source = isWorkbook
    ? await workbookSource(path, sheet, signal)
    : await textSource(path, container, signal);
  const shape = tableShape(source.rows);
  return { file: path, ...source, ...partsOf(source, shape) };
}

function partsOf(source: Source, shape: TableShape) {
  const titles = shape.titles?.fields ?? [];
  const guesses = Array.from({ length: shape.width }, (_, at) =>
    guessColumn(at + 1, (titles[at] ?? '').trim(), shape.rows),
  );
  return {
    charset: source.charset,
    lineEnd: source.lineEnd,
    delimiter: source.delimiter,
    quoting: source.quoting,
    sheet: source.sheet,
    titlesLine: shape.titles?.line,
    before: isFormatOfRecords(source.format) ? 0 : shape.before,
    behind: shape.behind,
    comment: shape.comment,
    trim: shape.trim,
    columns: guesses.map(({ column }) => column),
    rows: shape.rows.slice(0, ROWS_SHOWN),
    doubts: [
      ...source.doubts,
      ...titleDoubts(shape),
      ...shape.doubts,
      ...guesses.flatMap(({ doubts }) => doubts),
    ],
  };
}

/** Formats that say themselves where their records are. */
export function isFormatOfRecords(format: GuessedFormat): boolean {
  return format === 'mt940' || format === 'camt' || format === 'ndjson';
}

async function textSource(
  path: string,
  container: string,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const sample = await textSample(path, signal);
  const format = formatOf(path, sample);
  const base = { container, charset: sample.charset, lineEnd: sample.lineEnd, doubts: [] };
  if (format === 'delimited') {
    const doubts = sample.isTerminated ? [] : [unterminated(sample)];
    const isWhole = sample.tail === '';
    return { ...base, format, ...delimitedRows(sample), isWhole, doubts };
  }
  const options = { charset: sample.charset, signal };
  const batches = { mt940: mt940Batches, camt: camtBatches, ndjson: ndjsonBatches } as const;
  return { ...base, format, ...(await firstRows(batches[format](path, options))) };
}

function formatOf(file: string, { head }: TextSample): Exclude<GuessedFormat, 'xlsx'> {
  const text = head.trimStart();
  if (text.startsWith('{') && !text.startsWith('{1:')) return 'ndjson';
  if (/^(?:\{1:|:20:|\p{Cc}\{1:)/u.test(text)) return 'mt940';
  if (!MARKUP.test(text)) return 'delimited';
  if (/<(?:\w+:)?Document[\s>]|urn:iso:std:iso:20022/.test(text)) return 'camt';
  const kind = 'an HTML or XML page';
  const next = 'Save the sheet as CSV UTF-8 and give that.';
  throw refusedFile('not_text', `The file is ${kind}, no file of rows.`, { file, kind }, next);
}

async function workbookSource(
  path: string,
  sheet: string | undefined,
  signal: AbortSignal | undefined,
): Promise<Source> {
  const problems: CellProblem[] = [];
  const onProblem = (problem: CellProblem) => {
    if (problems.length < CELL_DOUBTS_MAX) problems.push(problem);
  };
  const found = await firstRows(xlsxBatches(path, { sheet, signal, onProblem }));
  const sheets = await sheetNames(path);
  const shown = sheets.filter(({ isHidden }) => !isHidden).map(({ name }) => name);
  const hidden = sheets.filter(({ isHidden }) => isHidden).map(({ name }) => name);
  const doubts: Doubt[] = problems.map(({ cell, line, rule, value }) => ({
    rule: 'cell_refused',
    line,
    column: cell.replace(/[0-9]+$/, ''),
    value,
    says: `${rule}: a layout that reads this column refuses the file`,
  }));
  if (hidden.length > 0) {
    doubts.push({ rule: 'hidden_sheets', value: hidden.join(', '), says: 'sheets are hidden' });
  }
  if (shown.length > 1 && sheet === undefined) {
    const says = 'several sheets: the first one is looked at';
    doubts.push({ rule: 'several_sheets', value: shown.join(', '), says });
  }
  return { container: 'workbook', format: 'xlsx', sheet: sheet ?? shown[0], ...found, doubts };
}

/** The first rows of a source of records. */
async function firstRows(
  batches: AsyncGenerator<CsvBatch>,
): Promise<{ rows: SampleRow[]; isWhole: boolean }> {
  const rows: SampleRow[] = [];
  for await (const { records, lines } of batches) {
    for (const [at, fields] of records.entries()) {
      if (rows.length >= ROWS_MAX) return { rows, isWhole: false };
      rows.push({ line: lines[at] ?? 0, fields });
    }
  }
  return { rows, isWhole: true };
}

function titleDoubts({ titles }: TableShape): Doubt[] {
  if (titles === undefined) {
    return [{ rule: 'no_titles', says: 'no line of titles: columns go by their number' }];
  }
  const words = titles.fields.map((title) => title.trim());
  const twice = words.find((word, at) => word !== '' && words.indexOf(word) < at);
  const doubts: Doubt[] = [];
  const { line } = titles;
  if (twice !== undefined) {
    const says = 'a title that is there twice: name the columns by `at`';
    doubts.push({ rule: 'title_doubled', line, value: twice, says });
  }
  if (words.includes('')) {
    const says = `column ${words.indexOf('') + 1} has no title`;
    doubts.push({ rule: 'title_empty', line, says });
  }
  return doubts;
}

function unterminated({ head, tail, tailLine }: TextSample): Doubt {
  const line = tail === '' ? head.split('\n').length : tailLine + tail.split('\n').length - 1;
  const says = 'the last line has no end: the file may be cut off';
  return { rule: 'file_truncated', line, says };
}
