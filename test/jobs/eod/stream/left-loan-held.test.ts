import { afterAll, beforeAll, expect, it } from 'vitest';
import { formatDay, parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { discardDay } from '../../../../src/jobs/eod/run/discard-day.js';
import type { ModelDocument } from '../../../model/model.js';
import { HistoryBook } from '../../../scenarios/history-book.js';

const FIRST = parseDay('2026-01-20')!;
const [SETTLED, REVERSED] = [FIRST + 2, FIRST + 5];

/** 1,000.00 for two days, paid on its due date; days later the payment bounces. */
const loan: ModelDocument = {
  product: {
    code: 'PLAIN',
    repayment: { method: 'bullet', interval: { every: 2, unit: 'day' }, periods: 1 },
  },
  loan: { principal: '1000.00', rate: '0.36', periods: 1, disbursed_on: formatDay(FIRST) },
  events: [
    { ref: 'R1', type: 'repayment', value_date: formatDay(SETTLED), amount: '1002.00' },
    { ref: 'V1', type: 'reversal', value_date: formatDay(REVERSED), of: 'R1' },
  ],
};

let book: HistoryBook;

beforeAll(async () => {
  book = await HistoryBook.create(FIRST, new Map([['A', loan]]));
  for (let day = FIRST; day < REVERSED; day += 1) {
    await book.importDay(day);
    expect(await book.close()).toMatchObject({ held: 0, failed: [] });
  }
  await book.importDay(REVERSED);
});

afterAll(() => book?.drop());

const amount = (fen: number) =>
  book.rows(`UPDATE event SET amount = ${fen} WHERE ref = 'R1'`, 'owner');
const rowsOf = (day: number) =>
  book.rows<Record<string, unknown>>(
    `SELECT status, principal, folded_on FROM position WHERE business_date = '${formatDay(day)}'`,
  );

// What was booked can not be folded again: the loan is held and not put right by accident.
it('is held in the book when its past does not fold to what was booked', async () => {
  await amount(100_100);
  await expect(
    closeDays(book.database.target, { workers: 1, tasks: 2, maxHeld: 0 }),
  ).rejects.toMatchObject({ code: 'too_many_held' });
  await book.ask((client) => discardDay(client, REVERSED, 'test'));
  expect(await book.rows('SELECT FROM held_loan')).toEqual([]);
  const closed = await book.close();
  expect(closed).toMatchObject({ loans: 1, returned: 1, held: 1, failed: [] });
  expect(await rowsOf(REVERSED)).toEqual([
    { status: 2, principal: 0, folded_on: formatDay(SETTLED) },
  ]);
});

it('leaves again when it folds, and what came late is to be sent again', async () => {
  await amount(100_200);
  const closed = await book.close();
  expect(closed).toMatchObject({ loans: 1, returned: 0, held: 0, failed: [] });
  expect(
    await book.rows(`SELECT rule FROM event_outcome JOIN event USING (bucket, loan_id, event_id)
    WHERE ref = 'V1'`),
  ).toEqual([{ rule: 'late_on_a_held_loan' }]);
  expect(await rowsOf(REVERSED + 1)).toMatchObject([{ status: 2, principal: 0 }]);
  expect(await book.close()).toMatchObject({ loans: 0, closed: 1, failed: [] });
});
