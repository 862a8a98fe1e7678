import { expect, it } from 'vitest';
import { killPayments } from '../../jobs/payments/killed.js';
import { paymentBook } from '../../jobs/payments/payment-book.js';

const BOOKS = 20;
const ROUNDS = 50;

it.each(Array.from({ length: BOOKS }, (_, at) => at + 1))(
  'batches and results that are killed take and post everything once: book %i of 20',
  async (seed) => {
    const borrowers = Array.from({ length: 40 }, (_, at) => ({
      ...{ loanNo: `L${at}`, amount: `${100 + 100 * at}.00` },
      accounts: [`6225880000000${100 + at}`],
    }));
    const codes = { 51: 'insufficient', 61: 'limit', 96: 'system' };
    const channel = { single: '60.00', batch_max: 25, max_attempts: 1000, codes };
    const book = await paymentBook(borrowers, channel);
    try {
      expect((await killPayments(book, ROUNDS, seed)).kills).toBeGreaterThan(ROUNDS / 2);
    } finally {
      await book.remove();
    }
  },
);
