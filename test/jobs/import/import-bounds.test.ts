import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { applyPolicy } from '../../../src/jobs/book/apply-dated.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { todayOfBook } from '../../../src/jobs/book/today.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { importRepayments } from '../../../src/jobs/import/import-repayments.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const LOANS = 'loan_no,product,principal,rate,periods,disbursed_on,first_due_on';
const EVENTS = 'ref,loan_no,type,value_date,business_date,amount,rate,of';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  const weekly = 'code: WEEK\nrepayment: {interval: {every: 2, unit: week}}';
  await applyProduct(book.client, weekly, 'week.yaml');
  const daily = 'code: DAY\nrepayment: {interval: {every: 1, unit: day}, method: daily_interest}';
  await applyProduct(book.client, daily, 'day.yaml');
  await applyProduct(book.client, 'code: OLD\neffective_from: 1990-01-01', 'old.yaml');
  const strict = `effective_from: ${OPEN_DAY}
cost_cap: {annual: 0.24}
limits: {principal: 5000.5, fee_share: 0.05}
days_ahead: 3
late_days: 10`;
  await applyPolicy(book.client, strict, 'strict.yaml');
  await applyPolicy(book.client, 'effective_from: 2026-05-01', 'plain.yaml');
});
afterEach(() => book.reset());
afterAll(() => book.remove());

const today = parseDay(OPEN_DAY)!;

async function loanRule(row: string, day = today): Promise<string | undefined> {
  const file = book.file('loans.csv', LOANS, row);
  const { rejectFile } = await importLoans(book.client, { file, maxRejects: 1, today: day });
  return rejectFile === null ? undefined : book.read(rejectFile)[1]?.replace(`,${row}`, '');
}

describe('a new loan', () => {
  const late = parseDay('2026-06-01')!;
  it.each([
    // The policy of the open day: 5,000.50.
    ['at the limit', 'A1,CASH,5000.50,0.18,12,2026-03-28,', undefined],
    [
      'above it',
      'A1,CASH,5000.51,0.18,12,2026-03-28,',
      '2,principal,principal_above_limit,5000.51',
    ],
    // A policy that says nothing, in CNY.
    ['at the limit of yuan', 'A1,CASH,10000000.00,0.18,12,2026-05-02,', undefined],
    [
      'above the limit of yuan',
      'A1,CASH,10000000.01,0.18,12,2026-05-02,',
      '2,principal,principal_above_limit,10000000.01',
    ],
    ['before any policy', 'A1,OLD,90000000.00,0.18,12,1999-01-02,', undefined],
    ['of 600 months', 'A1,CASH,5000.00,0.18,600,2026-03-28,', undefined],
    ['of 601 months', 'A1,CASH,5000.00,0.18,601,2026-03-28,', '2,periods,term_too_long,601'],
    ['of 600 weeks', 'A1,WEEK,5000.00,0.18,300,2026-03-28,', undefined],
    ['of 602 weeks', 'A1,WEEK,5000.00,0.18,301,2026-03-28,', '2,periods,term_too_long,301'],
    ['of 600 weeks of days', 'A1,DAY,5000.00,0.18,4200,2026-03-28,', undefined],
    ['of a day more', 'A1,DAY,5000.00,0.18,4201,2026-03-28,', '2,periods,term_too_long,4201'],
    [
      'first due in sixty years',
      'A1,CASH,5000.00,0,12,2026-03-28,2086-03-28',
      '2,first_due_on,term_too_long,2086-03-28',
    ],
    [
      'disbursed too far ahead',
      'A1,CASH,5000.00,0.18,12,2026-06-05,',
      '2,disbursed_on,value_date_too_far_ahead,2026-06-05',
    ],
    ['disbursed ahead', 'A1,CASH,5000.00,0.18,12,2026-06-04,', undefined],
    ['of long ago', 'A1,CASH,5000.00,0.18,12,2025-03-28,', undefined],
  ])('%s', async (_name, row, rule) => {
    expect(await loanRule(row, late)).toBe(rule);
  });

  it('is held to the share of the fees of its own schedule', async () => {
    const rows = (fee: string) =>
      book.file(
        's.csv',
        'loan_no,due_on,principal,interest,fee',
        `A1,2026-04-28,1000.00,5.00,${fee}`,
      );
    const file = book.file('loans.csv', LOANS, 'A1,CASH,1000.00,0.0,1,2026-03-28,');
    const options = { file, today, maxRejects: 1 };
    const above = await importLoans(book.client, { ...options, schedules: rows('50.01') });
    expect(book.read(above.rejectFile!)[1]).toMatch(/^2,principal,fee_above_limit,50.01,/);
  });
});

describe('a new event', () => {
  const loan = async (principal = '1000.00', rate = '0.18', disbursed = '2026-03-01') => {
    const row = `A1,CASH,${principal},${rate},12,${disbursed},`;
    await importLoans(book.client, { file: book.file('loans.csv', LOANS, row), today });
  };
  const rulesOf = async (...rows: string[]) => {
    const file = book.file('events.csv', EVENTS, ...rows);
    const { rejectFile } = await importEvents(book.client, { file, today, maxRejects: 9 });
    const said = rejectFile === null ? [] : book.read(rejectFile).slice(1);
    return said.map((line) => line.split(',').slice(0, 4).join(','));
  };

  it('has a value date within the days of the policy; a reversal any', async () => {
    await loan();
    expect(
      await rulesOf(
        'R1,A1,repayment,2026-03-31,,1.00,,',
        'R2,A1,repayment,2026-04-01,,1.00,,',
        'R3,A1,repayment,2026-03-18,,1.00,,',
        'R4,A1,repayment,2026-03-17,,1.00,,',
        'V1,A1,reversal,2026-04-01,,,,R3',
      ),
    ).toEqual([
      '3,value_date,value_date_too_far_ahead,2026-04-01',
      '5,value_date,value_date_too_late,2026-03-17',
    ]);
  });

  it('counts from the clock where that is ahead of the book, from the book where it is behind', async () => {
    await loan();
    const file = book.file('r.csv', 'ref,loan_no,value_date,amount', 'R1,A1,2026-04-09,1.00');
    const options = { file, maxRejects: 1, dryRun: true };
    for (const [clock, rejected] of [
      ['2026-04-06', 0],
      ['2026-04-05', 1],
      ['2020-01-01', 1],
    ] as const) {
      const day = parseDay(clock);
      const outcome = await importRepayments(book.client, { ...options, today: day });
      expect(outcome.rowsRejected).toBe(rejected);
    }
    expect(todayOfBook(new Date('2026-03-27T16:00:00Z'))).toBe(parseDay('2026-03-28'));
    expect(todayOfBook(new Date('2026-03-27T15:59:59Z'))).toBe(parseDay('2026-03-27'));
  });

  it('charges a fee within its share of the principal', async () => {
    await loan();
    expect(await rulesOf('F1,A1,fee,2026-03-29,,50.00,,', 'F2,A1,fee,2026-03-29,,50.01,,')).toEqual(
      ['3,amount,fee_above_limit,50.01'],
    );
  });

  it('brings amounts that the loan can hold together', async () => {
    await loan();
    const huge = '60000000000000.00';
    expect(
      await rulesOf(
        `R1,A1,repayment,2026-03-29,,${huge},,`,
        `R2,A1,repayment,2026-03-29,,${huge},,`,
        'R3,A1,repayment,2026-03-29,,1.00,,',
        'R4,A1,repayment,2026-03-29,,90071992547409.92,,',
      ),
    ).toEqual([
      '5,amount,malformed_amount,90071992547409.92',
      `3,amount,amount_out_of_range,${huge}`,
    ]);
    expect(await rulesOf(`R5,A1,repayment,2026-03-29,,${huge},,`)).toEqual([
      `2,amount,amount_out_of_range,${huge}`,
    ]);
  });

  it('takes no loan above the cost cap, and always a lower rate', async () => {
    await loan();
    const change = (ref: string, rate: string) => `${ref},A1,rate_change,2026-03-29,,,${rate},`;
    expect(
      await rulesOf(change('C1', '0.24'), change('C2', '0.2401'), change('C3', '0.10')),
    ).toEqual(['3,rate,cost_above_cap,0.2401']);
    // After C3 the rate is 10%: back to 30% would be a raise.
    expect(await rulesOf(change('C4', '0.30'))).toEqual(['2,rate,cost_above_cap,0.30']);
    await book.reset();
    // Agreed before any policy: 36%.
    const row = 'A1,OLD,5000.00,0.36,12,1999-12-01,';
    await importLoans(book.client, { file: book.file('loans.csv', LOANS, row), today });
    expect(await rulesOf(change('C1', '0.35'), change('C2', '0.36'))).toEqual([
      '3,rate,cost_above_cap,0.36',
    ]);
  });
});
