import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  cashInAll,
  cashLoans,
  closeAllDays,
  differencesInBook,
  openCashBook,
} from '../scenarios/cash-book.js';
import type { HistoryBook } from '../scenarios/history-book.js';

const LOANS = 2_000;

let book: HistoryBook;

beforeAll(async () => {
  book = await openCashBook(cashLoans(LOANS));
});

afterAll(() => book?.drop());

it('keeps the cash of every event that stands in a book of 2,000 loans over 40 days', async () => {
  expect((await closeAllDays(book)).join('\n')).toBe('');
  expect((await differencesInBook(book)).slice(0, 10).join('\n')).toBe('');
  const { model, ledger } = await cashInAll(book);
  expect(ledger).toBe(model);
});
