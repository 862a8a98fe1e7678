import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Creditor } from '../../files/formats/pain/pain008.js';
import type { DeductionTerms } from '../../funding/terms/deduction.js';
import { deductionOfChannel } from '../funding/documents/deduction-document.js';
import { creditorOfChannel } from '../funding/documents/payment-fields.js';
import { currencyOfBook } from '../import/import-file.js';
import { loadChannel } from '../reconcile/channel.js';

/** A channel of the book as it is asked for money. */
export interface PaymentChannel {
  readonly terms: DeductionTerms;
  readonly minorDigits: number;
  readonly currency: string;
  /** Who collects, where its files are pain.008; null: they are our CSV. */
  readonly creditor: Creditor | null;
  /** The bank of an account by how it begins, the longest beginning first; empty: none. */
  bankOf(account: string): string;
}

/**
 * The channel in force, by its code. Throws LoanbookError `unknown_channel`, `invalid_document`
 * and `orders_not_of_channel` (2), where its statements would not find its own orders.
 */
export async function paymentChannel(client: pg.Client, code?: string): Promise<PaymentChannel> {
  const { minorDigits, currency } = await currencyOfBook(client);
  const channel = await loadChannel(client, 'channel', code);
  const terms = deductionOfChannel({ ...channel }, minorDigits);
  const { order_prefix: prefix = '' } = channel;
  if (!`${channel.code}-`.startsWith(prefix)) {
    throw new LoanbookError('orders_not_of_channel', 'Its orders do not begin as it says.', {
      exitCode: EXIT.usage,
      evidence: { channel: channel.code, order_prefix: prefix, orders: `${channel.code}-` },
      next: 'Let `order_prefix` of the channel be what its orders begin with, or leave it out.',
    });
  }
  const beginnings = [...terms.banks]
    .flatMap(([bank, { prefixes }]) => prefixes.map((begins) => ({ bank, begins })))
    .sort((a, b) => b.begins.length - a.begins.length);
  const bankOf = (account: string) =>
    beginnings.find(({ begins }) => account.startsWith(begins))?.bank ?? '';
  const creditor = creditorOfChannel({ ...channel });
  return { terms, minorDigits, currency, creditor, bankOf };
}
