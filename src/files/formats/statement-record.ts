import { formatAmount, minorDigitsOf, parseTotal } from '../../accounting/money/amount-text.js';
import type { CsvBatch } from '../csv-reader.js';

/**
 * Titles of the records of a bank's statement, whichever format it came in. `amount` and
 * `balance_after` are decimal text, money out below zero; dates are `YYYY-MM-DD`; `status` is BOOK
 * for what is booked (camt knows PDNG and INFO too); `reversal` is `yes` or empty, `return_code`
 * why money went back; `doubt` names what is not certain of the line.
 */
export const STATEMENT_TITLES = [
  'value_date',
  'entry_date',
  'amount',
  'currency',
  'reference',
  'bank_reference',
  'type',
  'text',
  'account',
  'statement',
  'balance_after',
  'status',
  'reversal',
  'return_code',
  'counterparty',
  'counterparty_account',
  'doubt',
] as const;

export type StatementRecord = Readonly<Record<(typeof STATEMENT_TITLES)[number], string>>;

/** Decimals that sums are kept in: more than any amount has. */
const SUM_DIGITS = 15;
/** A record of a statement has no amount of more digits before the point. */
const WHOLE_DIGITS_MAX = 18;

/** An exact amount: units of 10 to the power of -15. */
export type ExactAmount = bigint;

/** An amount from decimal text without a sign; undefined where it is none. */
export function exactAmount(text: string): ExactAmount | undefined {
  if (!/^[0-9]+(?:\.[0-9]*)?$/.test(text) || text.split('.')[0]!.length > WHOLE_DIGITS_MAX) {
    return undefined;
  }
  return parseTotal(text.endsWith('.') ? text.slice(0, -1) : text, SUM_DIGITS);
}

/** Decimal text with at least the decimals of the currency, and no more zeros behind them. */
export function exactText(amount: ExactAmount, currency: string): string {
  const digits = minorDigitsOf(currency);
  const text = formatAmount(amount, SUM_DIGITS).replace(/0+$/, '');
  const point = text.indexOf('.');
  const padded = text.padEnd(point + 1 + digits, '0');
  return padded.endsWith('.') ? padded.slice(0, -1) : padded;
}

/** Collects records of a statement, each with its line; the titles first. */
export class StatementRecords {
  #records: string[][] = [[...STATEMENT_TITLES]];
  #lines: number[];
  #hasNul = false;

  constructor(titlesLine = 1) {
    this.#lines = [titlesLine];
  }

  add(record: StatementRecord, line: number): void {
    const fields = STATEMENT_TITLES.map((title) => record[title]);
    this.#hasNul ||= fields.some((field) => field.includes('\0'));
    this.#records.push(fields);
    this.#lines.push(line);
  }

  /** The records since the last call; undefined: none. */
  take(bytesRead: number): CsvBatch | undefined {
    if (this.#records.length === 0) return undefined;
    const batch = { records: this.#records, lines: this.#lines, bytesRead, hasNul: this.#hasNul };
    this.#records = [];
    this.#lines = [];
    return batch;
  }
}
