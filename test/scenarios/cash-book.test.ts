import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  cashInAll,
  cashLoans,
  closeAllDays,
  differencesInBook,
  openCashBook,
} from './cash-book.js';
import type { HistoryBook } from './history-book.js';

let book: HistoryBook;

beforeAll(async () => {
  book = await openCashBook(cashLoans(60));
}, 60_000);

afterAll(() => book?.drop());

it('keeps the cash of every event that stands, whatever arrives late or is reversed', async () => {
  expect((await closeAllDays(book)).join('\n')).toBe('');
  expect((await differencesInBook(book)).join('\n')).toBe('');
  const { model, ledger } = await cashInAll(book);
  expect(ledger).toBe(model);
}, 240_000);
