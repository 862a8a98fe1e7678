import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import { parseAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { csvBatches } from '../../../files/csv-reader.js';

const NEEDED = ['refund_no', 'order_no', 'amount'] as const;
const TITLES = [...NEEDED, 'value_date'] as const;
/** With what stands before it, a reference of an event. */
const NUMBER = /^\S(?:.{0,48}\S)?$/u;

/** What a customer gave back of an order. */
export interface RefundLine {
  readonly line: number;
  readonly refundNo: string;
  readonly orderNo: string;
  readonly amount: Fen;
  /** Null: the open day. */
  readonly valueDate: EpochDay | null;
}

/** A line that cannot be taken. */
export interface BadRefund {
  readonly line: number;
  readonly rule: string;
  readonly order?: string;
  readonly value?: string;
}

/** Reads a file of refunds whole. Throws LoanbookError `wrong_header`, `refunds_refused` (1). */
export async function readRefunds(path: string, minorDigits: number): Promise<RefundLine[]> {
  const refunds: RefundLine[] = [];
  const bad: BadRefund[] = [];
  let titles: readonly string[] | undefined;
  for await (const { records, lines } of csvBatches(path)) {
    for (const [at, record] of records.entries()) {
      if (titles === undefined) {
        titles = record;
        requireTitles(path, titles);
        continue;
      }
      const refund = refundOf(titles, record, lines[at]!, minorDigits);
      if ('rule' in refund) bad.push(refund);
      else refunds.push(refund);
    }
  }
  if (titles === undefined) requireTitles(path, []);
  if (bad.length > 0) throw refundsRefused(path, bad);
  return refunds;
}

function requireTitles(path: string, titles: readonly string[]): void {
  const isRight =
    NEEDED.every((each) => titles.includes(each)) &&
    titles.every((each) => TITLES.some((title) => title === each)) &&
    new Set(titles).size === titles.length;
  if (isRight) return;
  throw new LoanbookError('wrong_header', 'The head of the file names other columns.', {
    exitCode: EXIT.failed,
    evidence: { file: path, expected: TITLES.join(','), found: titles.join(',').slice(0, 120) },
    next: 'Ask for the file with these columns (value_date may be left out); nothing was taken.',
  });
}

function refundOf(
  titles: readonly string[],
  record: readonly string[],
  line: number,
  minorDigits: number,
): RefundLine | BadRefund {
  if (record.length !== titles.length) return { line, rule: 'field_count' };
  const of = (title: (typeof TITLES)[number]) => record[titles.indexOf(title)] ?? '';
  const [refundNo, order, text, day] = TITLES_IN_ORDER.map(of) as [string, string, string, string];
  if (!NUMBER.test(refundNo)) return { line, order, rule: 'refund_no', value: refundNo };
  const amount = parseAmount(text, minorDigits);
  if (amount === undefined || amount <= 0) return { line, order, rule: 'amount', value: text };
  const valueDate = day === '' ? null : parseDay(day);
  if (valueDate === undefined) return { line, order, rule: 'date', value: day };
  return { line, refundNo, orderNo: order, amount, valueDate };
}

const TITLES_IN_ORDER = ['refund_no', 'order_no', 'amount', 'value_date'] as const;

/** Exit 1: nothing of the file was taken. */
export function refundsRefused(path: string, bad: readonly BadRefund[]): LoanbookError {
  const [first] = bad;
  const lines = bad.map(({ line, rule, order, value }) => {
    const which = order === undefined ? '' : ` of ${order}`;
    return `  line ${line}${which}: ${rule}${value === undefined ? '' : `; got ${value}`}`;
  });
  return new LoanbookError('refunds_refused', ['The file is refused whole:', ...lines].join('\n'), {
    exitCode: EXIT.failed,
    evidence: {
      ...{ file: path, lines: bad.length, line: first?.line },
      ...{ order: first?.order, rule: first?.rule, value: first?.value },
    },
    next: 'Settle these lines with the merchant and take its corrected file; nothing was taken.',
  });
}
