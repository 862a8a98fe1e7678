import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../../src/accounting/money/amount-text.js';
import { TAX_KIND } from '../../../../src/jobs/ledger/entry.js';
import { showLoan } from '../../../../src/jobs/loan/show-loan.js';
import { simulated } from '../../../accounting/simulate/simulation.js';
import type { ModelDocument } from '../../../model/model.js';
import { comparable, HistoryBook } from '../../../scenarios/history-book.js';

/**
 * Each loan is 1,000.00 for two days at 36% a year: 1.00 a night, 1,002.00 due on January 22, day 3.
 * Then 1.50 of penalty a night, that of the due date included.
 */
const FIRST = parseDay('2026-01-20')!;
const day = (number: number) => FIRST + number - 1;
const dateOf = (number: number) => `2026-01-${19 + number}`;

const bullet = { method: 'bullet', interval: { every: 2, unit: 'day' }, periods: 1 };
const PLAIN = { code: 'PLAIN', repayment: bullet };
const FOLLOWING = { ...PLAIN, code: 'FOLLOW', interest: { recalculation: { rest: 'daily' } } };

type Event = NonNullable<ModelDocument['events']>[number];
const event = (ref: string, type: string, valueDay: number, own: object = {}): Event =>
  ({ ref, type, value_date: dateOf(valueDay), ...own }) as Event;
const paid = event('R1', 'repayment', 3, { amount: '1002.00' });
const undo = (ref: string, of: string, on: number) => event(ref, 'reversal', on, { of });
const late = (ref: string, amount: string, valueDay: number, bookedDay: number) =>
  event(ref, 'repayment', valueDay, { amount, business_date: dateOf(bookedDay) });

const HISTORIES: Readonly<Record<string, readonly Event[]>> = {
  UNPAID: [],
  BOUNCED: [paid, undo('V1', 'R1', 7)],
  FOLLOWING: [paid, undo('V1', 'R1', 7)],
  INTIME: [event('R0', 'repayment', 2, { amount: '10.00' }), paid],
  EARLIER: [
    paid,
    late('R0', '10.00', 2, 7),
    event('S1', 'suspense_refund', 8, { amount: '10.00' }),
  ],
  NOTHING: [
    paid,
    event('R2', 'repayment', 6, { amount: '5.00' }),
    event('S1', 'suspense_refund', 6, { amount: '1.00' }),
  ],
  CHARGED: [paid, event('F1', 'fee', 7, { amount: '20.00', due_on: dateOf(9) })],
  SWAPPED: [paid, undo('V1', 'R1', 5), late('R2', '1002.00', 3, 5), undo('V2', 'R2', 8)],
  REFUNDED: [event('M1', 'merchant_refund', 2), undo('V1', 'M1', 6)],
  TWICE: [
    paid,
    undo('V1', 'R1', 5),
    // Penalty of the nights of days 3 to 5.
    event('R2', 'repayment', 6, { amount: '1006.50' }),
    undo('V2', 'R2', 9),
    late('R3', '1.00', 8, 10),
  ],
  GAP: [
    paid,
    event('F1', 'fee', 8, { amount: '20.00', due_on: dateOf(11) }),
    late('R2', '5.00', 6, 10),
  ],
  ATONCE: [
    event('R1', 'repayment', 1, { amount: '30.00' }),
    event('R2', 'repayment', 1, { amount: '40.00' }),
    undo('V1', 'R1', 1),
  ],
};
const LAST = 12;

const loans = new Map<string, ModelDocument>();
for (const [loanNo, events] of Object.entries(HISTORIES)) {
  const loan = { principal: '1000.00', rate: '0.36', periods: 1, disbursed_on: dateOf(1) };
  const product = loanNo === 'FOLLOWING' ? FOLLOWING : PLAIN;
  loans.set(loanNo, { product, loan, events } as unknown as ModelDocument);
}

let book: HistoryBook;
const returned: number[] = [0];

beforeAll(async () => {
  book = await HistoryBook.create(FIRST, loans);
  for (let number = 1; number <= LAST; number += 1) {
    await book.importDay(day(number));
    // A loan that left before the notes were made is searched for.
    if (number === UNNOTED) await forgetNotes();
    const closed = await book.close();
    expect(closed, dateOf(number)).toMatchObject({ held: 0, failed: [] });
    returned.push(closed.returned);
  }
}, 120_000);

afterAll(() => book?.drop());

/** From this day on nothing is known of the loans that left before it. */
const UNNOTED = 8;
let notes: { noted: string; last: string }[];

async function forgetNotes(): Promise<void> {
  notes = await book.rows(
    `SELECT n.last_on::text AS noted, max(p.business_date)::text AS last
     FROM left_loan n JOIN position p USING (bucket, loan_id)
     WHERE p.business_date < n.left_on GROUP BY n.loan_id, n.left_on, n.last_on`,
  );
  await book.ask((owner) => owner.query('DELETE FROM left_loan'), 'owner');
}

it('notes the last day of every loan that leaves', () => {
  expect(notes.length).toBeGreaterThan(5);
  for (const { noted, last } of notes) expect(noted).toBe(last);
});

/** The days of which a loan has a row. */
async function daysOf(loanNo: string): Promise<number[]> {
  const rows = await book.rows<{ day: number }>(
    `SELECT p.business_date - DATE '${dateOf(1)}' + 1 AS day
     FROM position p JOIN loan l USING (bucket, loan_id)
     WHERE l.loan_no = '${loanNo}' ORDER BY 1`,
  );
  return rows.map((row) => row.day);
}

/**
 * What the accounts of a loan stand at, its income before tax; each loan is an accounting group of
 * its own.
 */
async function accountsOf(loanNo: string, number: number): Promise<Record<string, string>> {
  const rows = await book.rows<{ code: string; balance: number }>(
    `SELECT a.code, sum(j.amount)::bigint AS balance FROM journal_line j
       JOIN account a USING (account_id) JOIN loan l ON l.group_id = j.group_id
     WHERE l.loan_no = '${loanNo}' AND j.business_date <= '${dateOf(number)}'
       AND j.kind <> ${TAX_KIND}
     GROUP BY a.code HAVING sum(j.amount) <> 0 ORDER BY a.code`,
  );
  return Object.fromEntries(rows.map(({ code, balance }) => [code, formatAmount(balance, 2)]));
}

async function rulesOf(loanNo: string): Promise<Record<string, string>> {
  const { events } = await book.ask((client) => showLoan(client, loanNo, day(LAST)));
  return Object.fromEntries(
    events.map(({ ref, outcome, rule }) => [ref, rule ?? outcome] as const).slice(1),
  );
}

const OVERDUE_ON_7 = {
  status: 'overdue',
  principal: '1000.00',
  principal_overdue: '1000.00',
  interest_due: '2.00',
  penalty_due: '7.50',
  suspense: '0.00',
  days_past_due: 4,
};
const ACCOUNTS_ON_7 = {
  '1012.01': '-1000.00',
  '1132.02': '2.00',
  '1132.03': '7.50',
  '1303.02': '1000.00',
  '6011.01': '-2.00',
  '6011.02': '-7.50',
};

describe('a loan whose last repayment bounced days after it left', () => {
  it.each(['UNPAID', 'BOUNCED', 'FOLLOWING'])('%s stands as one never paid', async (loanNo) => {
    expect((await book.standing(day(7))).get(loanNo)).toMatchObject(OVERDUE_ON_7);
    expect(await accountsOf(loanNo, 7)).toEqual(ACCOUNTS_ON_7);
  });

  it('has rows up to the day that settled it, and again from the day that it returned', async () => {
    expect(await daysOf('BOUNCED')).toEqual([1, 2, 3, 7, 8, 9, 10, 11, 12]);
    expect(await daysOf('UNPAID')).toHaveLength(LAST);
  });

  it('posts what the days in between would have', async () => {
    const { entries } = await book.ask((client) => showLoan(client, 'BOUNCED', day(7)));
    const today = entries.filter(({ businessDate }) => businessDate === dateOf(7));
    const net = new Map<string, number>();
    for (const { movement, account, debit, credit } of today) {
      const key = `${movement} ${account}`;
      net.set(key, (net.get(key) ?? 0) + Number(debit) - Number(credit));
    }
    expect(Object.fromEntries(net)).toEqual({
      'overdue 1303.01': -1000,
      'overdue 1303.02': 1000,
      'repayment 1012.02': -1002,
      'repayment 1132.02': 2,
      'repayment 1303.01': 1000,
    });
  });

  it('is shown as booked, and as it was by what is known later', async () => {
    const shown = (known?: number) =>
      book.ask((client) => showLoan(client, 'BOUNCED', day(5), known && day(known)));
    const booked = await shown();
    expect(booked.position).toMatchObject({ status: 'settled', principal: '0.00' });
    expect((await shown(6)).position).toMatchObject({ status: 'settled', principal: '0.00' });
    expect((await shown(7)).position).toMatchObject({
      status: 'overdue',
      principal: '1000.00',
      penaltyDue: '4.50',
      daysPastDue: 2,
    });
  });
});

describe('other events on a loan that left the book', () => {
  it('an older payment is held for the customer until it is paid out', async () => {
    const accounts = { '1012.01': '-1000.00', '1012.02': '1012.00', '2241.01': '-10.00' };
    for (const loanNo of ['INTIME', 'EARLIER']) {
      expect(await accountsOf(loanNo, 7)).toEqual({ ...accounts, '6011.01': '-2.00' });
      expect((await book.standing(day(7))).get(loanNo)).toMatchObject({
        status: 'settled',
        suspense: '10.00',
      });
    }
    expect(await daysOf('EARLIER')).toEqual([1, 2, 3, 7, 8]);
  });

  it('what changes nothing is rejected by its rule and makes no row', async () => {
    expect(await rulesOf('NOTHING')).toEqual({
      R1: 'posted',
      R2: 'loan_settled',
      S1: 'refund_above_suspense',
    });
    expect(await daysOf('NOTHING')).toEqual([1, 2, 3]);
  });

  it('a fee that falls due later keeps it until it is paid', async () => {
    expect((await book.standing(day(8))).get('CHARGED')).toMatchObject({ fee_due: '0.00' });
    expect((await book.standing(day(10))).get('CHARGED')).toMatchObject({
      status: 'overdue',
      fee_due: '20.00',
      days_past_due: 1,
    });
  });

  it('a payment put in the place of another one leaves it out', async () => {
    expect((await daysOf('SWAPPED')).slice(0, 5)).toEqual([1, 2, 3, 8, 9]);
    expect(await accountsOf('SWAPPED', 5)).toEqual(await accountsOf('NOTHING', 5));
    expect(await accountsOf('SWAPPED', 8)).toEqual(await accountsOf('UNPAID', 8));
  });

  it('a refund of the goods that is taken back leaves the debt', async () => {
    expect(await daysOf('REFUNDED')).toEqual([1, 2, 6, 7, 8, 9, 10, 11, 12]);
    expect(await accountsOf('REFUNDED', 7)).toEqual(ACCOUNTS_ON_7);
  });

  it('it may leave and return twice', async () => {
    expect(await daysOf('TWICE')).toEqual([1, 2, 3, 5, 6, 9, 10, 11, 12]);
    expect(await accountsOf('TWICE', 9)).toEqual(await accountsOf('UNPAID', 9));
    // The nights of days 3 to 10, less 1.00 paid at the place of day 8: penalty comes before interest.
    expect((await book.standing(day(10))).get('TWICE')).toMatchObject({ penalty_due: '11.00' });
  });

  it('one valued in days without a row is folded from an earlier one', async () => {
    expect(await rulesOf('GAP')).toEqual({ R1: 'posted', F1: 'posted', R2: 'loan_settled' });
  });
});

it('a reversal on the first day leaves no trace of what it undoes', async () => {
  expect(await rulesOf('ATONCE')).toEqual({ R1: 'reversed', R2: 'posted', V1: 'posted' });
  expect((await book.standing(day(1))).get('ATONCE')).toMatchObject({ suspense: '40.00' });
});

it('counts those that came back', () => {
  // Day 5 TWICE; 6 REFUNDED; 7 BOUNCED, FOLLOWING, EARLIER, CHARGED; 8 SWAPPED, GAP; 9 TWICE.
  expect(returned.slice(1)).toEqual([0, 0, 0, 0, 1, 1, 4, 2, 1, 0, 0, 0]);
});

it('stands every day as the simulation of what was known', async () => {
  for (let number = 1; number <= LAST; number += 1) {
    for (const [loanNo, row] of await book.standing(day(number))) {
      const document = { ...loans.get(loanNo)!, through: dateOf(number) };
      const { position } = simulated(document as never);
      const place = { loanNo, number };
      expect({ ...place, ...comparable(row) }).toEqual({
        ...place,
        ...comparable({ ...position }),
      });
    }
  }
});
