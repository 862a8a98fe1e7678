import { formatAmount } from '../../accounting/money/amount-text.js';
import { EXIT, LoanbookError } from '../../errors.js';
import {
  ISO_ID_MAX,
  PAIN008_TAIL,
  pain008Head,
  pain008Order,
} from '../../files/formats/pain/pain008.js';
import type { PaymentChannel } from './deduction-channel.js';

/** An order as it goes out; the amount as decimal text. */
export interface OutOrder {
  readonly orderNo: string;
  readonly account: string;
  readonly name: string;
  readonly amount: string;
}

/** How orders are written, as text. */
export interface OrderForm {
  readonly head: string;
  readonly line: (order: OutOrder) => string;
  readonly tail: string;
}

const CSV = '.csv';
const XML = '.xml';

/** How the files of the channel end. */
export function endingOf({ creditor }: PaymentChannel): string {
  return creditor === null ? CSV : XML;
}

/** Refuses an order whose number the channel cannot give back. Throws `order_too_long` (1). */
export function requireFits({ creditor }: PaymentChannel, orderNo: string, loanNo: string): void {
  if (creditor === null || orderNo.length <= ISO_ID_MAX) return;
  throw new LoanbookError('order_too_long', 'An order number is longer than ISO 20022 allows.', {
    exitCode: EXIT.failed,
    evidence: { loan: loanNo, order: orderNo, characters: orderNo.length, allowed: ISO_ID_MAX },
    next: 'No order was made. Give the channel a shorter code, or leave `iso20022` out.',
  });
}

/** A file that was kept in `name`, of its batch; what it was made as it stays. */
export function orderForm(
  batch: {
    readonly name: string;
    readonly orders: number;
    readonly amount: bigint;
    readonly collectOn: string;
    readonly madeAt: string;
  },
  channel: Pick<PaymentChannel, 'terms' | 'currency' | 'creditor' | 'minorDigits'>,
): OrderForm {
  const { name, orders, amount, collectOn, madeAt: createdAt } = batch;
  if (name.endsWith(CSV)) {
    const head = 'order_no,account,name,amount\n';
    return { head, line: csvLine, tail: '' };
  }
  const { creditor, currency, minorDigits } = channel;
  if (creditor === null) throw noCreditor(channel.terms.code, name);
  const id = name.slice(0, -XML.length);
  const total = formatAmount(amount, minorDigits);
  return {
    head: pain008Head({ id, createdAt, collectOn, orders, total, creditor }),
    line: ({ orderNo, ...order }) => pain008Order({ id: orderNo, currency, ...order }),
    tail: PAIN008_TAIL,
  };
}

function csvLine({ orderNo, account, name, amount }: OutOrder): string {
  return `${[orderNo, account, name, amount].map(quoted).join(',')}\n`;
}

function quoted(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function noCreditor(channel: string, file: string): LoanbookError {
  return new LoanbookError('creditor_missing', 'A batch of pain.008 has no creditor any more.', {
    exitCode: EXIT.usage,
    evidence: { channel, file },
    next: 'Apply the channel with its `iso20022`, write the batch, then take it out again.',
  });
}
