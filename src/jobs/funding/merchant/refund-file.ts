import { parseDay } from '../../../accounting/calendar/epoch-day.js';
import { parseAmount } from '../../../accounting/money/amount-text.js';
import type { EpochDay, Fen } from '../../../accounting/money/units.js';
import type { LoanbookError } from '../../../errors.js';
import { type BadLine, readWhole, refusedWhole, type WholeFile } from '../whole-file.js';

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

const FILE: WholeFile<(typeof TITLES)[number]> = {
  ...{ sender: 'the merchant', about: 'order', code: 'refunds_refused' },
  ...{ needed: NEEDED, optional: ['value_date'] },
};

/** Reads a file of refunds whole. Throws LoanbookError `wrong_header`, `refunds_refused` (1). */
export async function readRefunds(path: string, minorDigits: number): Promise<RefundLine[]> {
  const { rows, bad } = await readWhole(path, FILE, (of, line) => refundOf(of, line, minorDigits));
  if (bad.length > 0) throw refundsRefused(path, bad);
  return rows;
}

function refundOf(
  of: (title: (typeof TITLES)[number]) => string,
  line: number,
  minorDigits: number,
): RefundLine | BadLine {
  const [refundNo, orderNo, about] = [of('refund_no'), of('order_no'), of('order_no')];
  const [text, day] = [of('amount'), of('value_date')];
  if (!NUMBER.test(refundNo)) return { line, about, rule: 'refund_no', value: refundNo };
  const amount = parseAmount(text, minorDigits);
  if (amount === undefined || amount <= 0) return { line, about, rule: 'amount', value: text };
  const valueDate = day === '' ? null : parseDay(day);
  if (valueDate === undefined) return { line, about, rule: 'date', value: day };
  return { line, refundNo, orderNo, amount, valueDate };
}

/** Exit 1: nothing of the file was taken. */
export function refundsRefused(path: string, bad: readonly BadLine[]): LoanbookError {
  return refusedWhole(path, bad, FILE);
}
