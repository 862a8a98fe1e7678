import { afterAll, beforeAll, expect, it } from 'vitest';
import { killPayments } from './killed.js';
import { type PaymentBook, paymentBook } from './payment-book.js';

let book: PaymentBook;
beforeAll(async () => {
  const borrowers = Array.from({ length: 12 }, (_, at) => ({
    ...{ loanNo: `L${at}`, amount: `${100 + 10 * at}.00` },
    accounts: [`6225880000000${100 + at}`],
  }));
  const codes = { 51: 'insufficient', 61: 'limit', 96: 'system' };
  const channel = { single: '60.00', batch_max: 7, max_attempts: 1000, codes };
  book = await paymentBook(borrowers, channel);
}, 120_000);
afterAll(() => book.remove());

it('batches and results that are killed take and post everything once', async () => {
  const { kills, orders, taken } = await killPayments(book, 1, 11);
  expect(kills).toBeGreaterThan(0);
  expect(orders).toBeGreaterThan(15);
  expect(taken).toBeGreaterThan(0);
}, 300_000);
