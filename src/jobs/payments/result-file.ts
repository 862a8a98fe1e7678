import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import { parseAmount, parseTotal } from '../../accounting/money/amount-text.js';
import type { Fen } from '../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { csvBatches } from '../../files/csv-reader.js';
import { maskText } from '../../files/mask.js';
import type { ResultLine } from '../../funding/deduct/deductions.js';
import type { ResultState } from '../../funding/terms/deduction.js';

const TITLES = ['order_no', 'word', 'amount', 'code', 'channel_date'];
/** A control file is a line. */
const CONTROL = /^([0-9]{1,9}),([0-9]+(?:\.[0-9]+)?)\r?\n?$/;

export interface NumberedLine extends Omit<ResultLine, 'amount'> {
  readonly line: number;
  /** Null: the channel does not repeat it, and means that of the order. */
  readonly amount: Fen | null;
}

/** What a channel says of orders, whichever format it came in. */
export interface ResultSource {
  readonly file: string;
  /** Its lines are returns: money that had come went back. */
  readonly isReturns: boolean;
  /** What its control file says; null: the format proves that it is whole. */
  control(): Promise<ResultControl | null>;
  /** Its lines, stretch by stretch; each call reads the file again. */
  lines(): AsyncGenerator<readonly NumberedLine[]>;
  /** What a word says of an order; undefined: none of the channel's. */
  stateOf(word: string): ResultState | undefined;
}

export interface ResultControl {
  readonly count: number;
  readonly total: bigint;
}

/** The hash of lines, each in one form, wherever they stand. */
export class LinesHash {
  readonly #hash = createHash('sha256');

  add({ line: _line, ...said }: NumberedLine): void {
    this.#hash.update(`${JSON.stringify(said)}\n`);
  }

  digest(): string {
    return this.#hash.digest('hex');
  }
}

/** What a result file is as a whole. */
export interface ResultContent {
  readonly lines: number;
  readonly amount: bigint;
  /** Of the lines alone, each in one form. */
  readonly linesSha256: string;
  /** The first line whose word is none of the channel's; null: there is none. */
  readonly unknownWord: { readonly line: number; readonly word: string } | null;
}

/** Reads all of it once, in constant memory. Throws as its lines do. */
export async function inspectResult(source: ResultSource): Promise<ResultContent> {
  const hash = new LinesHash();
  let lines = 0;
  let amount = 0n;
  let unknownWord: ResultContent['unknownWord'] = null;
  for await (const page of source.lines()) {
    for (const said of page) {
      hash.add(said);
      lines += 1;
      amount += BigInt(said.amount ?? 0);
      const isKnown = source.isReturns || source.stateOf(said.word) !== undefined;
      if (!isKnown) unknownWord ??= { line: said.line, word: said.word };
    }
  }
  return { lines, amount, linesSha256: hash.digest(), unknownWord };
}

/**
 * A file of our own format: CSV, with a control file beside it. Its control throws LoanbookError
 * `control_file_missing` (75), `control_file_malformed` (1); its lines `bad_payment_line` (1) and
 * as the reader of CSV does.
 */
export function csvResult(
  file: string,
  { isReturns, minorDigits }: { readonly isReturns: boolean; readonly minorDigits: number },
  words: ReadonlyMap<string, ResultState>,
): ResultSource {
  return {
    ...{ file, isReturns },
    control: () => controlOf(file, minorDigits),
    lines: () => csvLines(file, minorDigits),
    stateOf: (word) => words.get(word),
  };
}

async function controlOf(path: string, minorDigits: number): Promise<ResultControl> {
  const control = `${path}.ok`;
  let text: string;
  try {
    text = await readFile(control, 'utf8');
  } catch {
    throw new LoanbookError('control_file_missing', 'There is no control file yet.', {
      exitCode: EXIT.locked,
      evidence: { file: control },
      next: 'Wait for it: the channel writes it last. Nothing was taken.',
    });
  }
  const [, count = '', total = ''] = CONTROL.exec(text) ?? [];
  const fen = parseTotal(total, minorDigits);
  if (fen !== undefined && count !== '') return { count: Number(count), total: fen };
  throw new LoanbookError('control_file_malformed', 'The control file cannot be read.', {
    exitCode: EXIT.failed,
    evidence: { file: control, rule: 'count,total' },
    next: 'Ask the channel for it. Nothing was taken.',
  });
}

async function* csvLines(
  path: string,
  minorDigits: number,
): AsyncGenerator<readonly NumberedLine[]> {
  let isHead = true;
  for await (const { records, lines } of csvBatches(path)) {
    const page: NumberedLine[] = [];
    for (const [at, fields] of records.entries()) {
      const line = lines[at]!;
      if (isHead) requireTitles(path, fields);
      else page.push(lineOf(path, line, fields, minorDigits));
      isHead = false;
    }
    yield page;
  }
  if (isHead) requireTitles(path, []);
}

function requireTitles(path: string, fields: readonly string[]): void {
  if (fields.join() === TITLES.join()) return;
  throw badPaymentLine(path, 1, 'titles', TITLES.join(), maskText(fields.join()));
}

function lineOf(
  path: string,
  line: number,
  fields: readonly string[],
  minorDigits: number,
): NumberedLine {
  if (fields.length !== TITLES.length) {
    throw badPaymentLine(path, line, '', 'field_count', String(fields.length));
  }
  const [orderNo = '', word = '', amountText = '', code = '', dateText = ''] = fields;
  if (orderNo === '') throw badPaymentLine(path, line, 'order_no', 'is_missing', '');
  const amount = parseAmount(amountText, minorDigits);
  if (amount === undefined || amount < 0) {
    throw badPaymentLine(path, line, 'amount', 'amount', maskText(amountText));
  }
  const channelDay = dateText === '' ? null : parseDay(dateText);
  if (channelDay === undefined)
    throw badPaymentLine(path, line, 'channel_date', 'date', maskText(dateText));
  return { line, orderNo, word, amount, code: code === '' ? null : code, channelDay };
}

/** Of a line that cannot be read. */
export function badPaymentLine(
  file: string,
  line: number,
  field: string,
  rule: string,
  value: string,
): LoanbookError {
  return new LoanbookError('bad_payment_line', 'A line of the result cannot be read.', {
    exitCode: EXIT.failed,
    evidence: { file, line, field, rule, value },
    next: 'Nothing was taken. Ask the channel for the file again.',
  });
}
