import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { applyProduct } from '../../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../../src/jobs/book/create-book.js';
import { checkDay } from '../../../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../../src/jobs/import/import-loans.js';
import { trialBalance } from '../../../../src/jobs/ledger/trial-balance.js';
import { customerStatement } from '../../../../src/jobs/loan/customer-statement.js';
import { packageRoot } from '../../../../src/package-root.js';
import { type ScratchBook, scratchBook } from '../../../support/scratch-book.js';

/**
 * Due after a day, then a night of penalty is the whole principal; and interest of half the
 * principal a night, due every other day. No policy limits principal or cost.
 */
const FRAME = `effective_from: 2026-01-01
interest: {basis: 365, period_interest: actual_days}
`;
const PENALTY = `code: NIGHT
${FRAME}repayment: {method: bullet, periods: 1, interval: {every: 1, unit: day}}
penalty: {rate: {annual: 365}}
`;
const INTEREST = `code: RATE
${FRAME}repayment: {method: interest_only, periods: 6, interval: {every: 2, unit: day}}
`;
const LOANS = [
  'BIG,NIGHT,50000000000000.00,0,1,2026-03-28',
  'FAST,RATE,60000000000000.02,182.5,6,2026-03-28',
  'OWN,NIGHT,1200.00,0,1,2026-03-28',
];

let book: ScratchBook;
beforeAll(async () => {
  book = await scratchBook();
  const { client } = book;
  const policyFile = `${packageRoot}/config/policy-uncapped.yaml`;
  const frame = { firstBusinessDate: parseDay('2026-03-28')!, calendar: 'none', policyFile };
  await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
  for (const text of [PENALTY, INTEREST]) await applyProduct(client, text, 'test');
  const header = 'loan_no,product,principal,rate,periods,disbursed_on';
  const taken = await importLoans(client, { file: book.file('loans.csv', header, ...LOANS) });
  expect(taken).toMatchObject({ rowsTaken: 3 });
});
afterAll(() => book?.remove());

async function close(through: string) {
  const days = { through: parseDay(through)!, workers: 1, tasks: 2 };
  return (await closeDays(book.database.target, days)).at(-1)!;
}

const REASON = 'an amount of the loan is no safe integer {}';
const held = (day: string) =>
  book.rows(`SELECT loan_no AS loan, reason FROM held_loan JOIN loan USING (bucket, loan_id)
    WHERE business_date = '${day}' ORDER BY loan_no`);

const positionsOn = (day: string) =>
  book.rows(`SELECT loan_no AS loan, folded_on AS "foldedOn", penalty_due AS penalty,
      interest_accrued_total AS interest
    FROM position JOIN loan USING (bucket, loan_id)
    WHERE business_date = '${day}' ORDER BY loan_no`);

/** Of penalty that is due, and of interest that was billed. */
async function receivable() {
  const { lines, totals } = await trialBalance(book.client);
  expect(totals.balanced).toBe(true);
  const closing = (code: string) => lines.find(({ account }) => account === code)!.closing;
  return { penalty: closing('1132.03'), interest: closing('1132.02') };
}

/** "It is held with its reason: its position is carried over as it was and its events are kept." */
describe('a loan whose amounts outgrow the safe integers', () => {
  it('is folded as long as they do not', async () => {
    expect(await close('2026-03-29')).toMatchObject({ held: 0, loans: 3 });
    // A night of the whole principal each: 50,000,000,000,000.00 and 1,200.00.
    expect(await receivable()).toMatchObject({ penalty: '50000000001200.00' });
  });

  it('is held with its reason when its penalty does, and the other loans are right', async () => {
    expect(await close('2026-03-30')).toMatchObject({ held: 1 });
    expect(await held('2026-03-30')).toEqual([{ loan: 'BIG', reason: REASON }]);
    expect(await positionsOn('2026-03-30')).toMatchObject([
      { loan: 'BIG', foldedOn: '2026-03-29', penalty: 5_000_000_000_000_000 },
      // Three nights of 30,000,000,000,000.01, of which two are due.
      { loan: 'FAST', foldedOn: '2026-03-30', interest: 9_000_000_000_000_003 },
      { loan: 'OWN', foldedOn: '2026-03-30', penalty: 240_000 },
    ]);
    expect(await receivable()).toEqual({
      penalty: '50000000002400.00',
      interest: '60000000000000.02',
    });
  });

  it('is told what it owes in all, which is no safe integer', async () => {
    const { tables } = await customerStatement(book.client, { loanNo: 'FAST' });
    const owed = tables.find(({ name }) => name === 'owed')!.rows as Record<string, string>[];
    expect(owed.find(({ item }) => item === 'total')).toMatchObject({
      due: '60000000000000.02',
      notDue: '90000000000000.03',
      total: '150000000000000.05',
    });
  });

  it('is held when its interest does, on a day on which nothing else happens', async () => {
    const rows = ['R1,BIG,repayment,2026-03-31,1.00', 'R1,OWN,repayment,2026-03-31,400.00'];
    const header = 'ref,loan_no,type,value_date,amount';
    await importEvents(book.client, { file: book.file('events.csv', header, ...rows) });
    expect(await close('2026-03-31')).toMatchObject({ held: 2 });
    expect(await held('2026-03-31')).toEqual([
      { loan: 'BIG', reason: REASON },
      { loan: 'FAST', reason: REASON },
    ]);
    expect(await positionsOn('2026-03-31')).toMatchObject([
      { loan: 'BIG', foldedOn: '2026-03-29', penalty: 5_000_000_000_000_000 },
      { loan: 'FAST', foldedOn: '2026-03-30', interest: 9_000_000_000_000_003 },
      { loan: 'OWN', foldedOn: '2026-03-31' },
    ]);
  });

  it('keeps its events, and the days behind it tie', async () => {
    await close('2026-04-01');
    const outcomes = `SELECT loan_no AS loan, allocated FROM event_outcome
      JOIN loan USING (bucket, loan_id) JOIN event USING (bucket, loan_id, event_id)
      WHERE type = 3 ORDER BY 1`;
    expect(await book.rows(outcomes)).toEqual([{ loan: 'OWN', allocated: 40_000 }]);
    const { checks } = await checkDay(book.client, []);
    expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  });
});
