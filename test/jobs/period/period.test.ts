import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../src/db/connect.js';
import { checksBesideHash } from '../../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { type ExplainedVoucher, explainVoucher } from '../../../src/jobs/ledger/explain.js';
import { trialBalance } from '../../../src/jobs/ledger/trial-balance.js';
import { closePeriod } from '../../../src/jobs/period/close-period.js';
import { periodStates } from '../../../src/jobs/period/period.js';
import { reopenPeriod } from '../../../src/jobs/period/reopen-period.js';
import { generatedBook, type TestBook } from '../../support/book.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const START = '2025-12-28';
const DAYS = [28, 29, 30, 31].map((day) => `2025-12-${day}`);
const YEAR_END = parseDay('2025-12-31')!;

let database: TestDatabase;
let book: TestBook;

beforeAll(async () => {
  database = await testDatabase();
  book = await generatedBook(database.target, { loans: 200, seed: 4, start: START, days: 4 });
  for (const day of DAYS) await book.importDay(day);
});

afterAll(async () => {
  await database?.drop();
  book?.remove();
});

function rows<T extends object>(sql: string, role: 'batch' | 'owner' = 'batch'): Promise<T[]> {
  return withClient(database.target, { role }, async (client) => (await client.query<T>(sql)).rows);
}
const close = (through: number) => closeDays(database.target, { through, workers: 1, tasks: 2 });
const closeMonth = (name: string) =>
  withClient(database.target, {}, (client) =>
    withClient(database.target, {}, (helper) =>
      closePeriod(client, { name, by: 'Li Na', checksOf: checksBesideHash, helpers: [helper] }),
    ),
  );
const reopen = (name: string, reason: string) =>
  withClient(database.target, {}, (client) => reopenPeriod(client, { name, by: 'Wang', reason }));

describe('a period', () => {
  it('is not closed while one of its days is open', async () => {
    await close(YEAR_END - 1);
    await expect(closeMonth('2025-12')).rejects.toMatchObject({
      code: 'period_has_open_days',
      evidence: { days: 4, sealed: 3, openDay: '2025-12-31' },
    });
    await close(YEAR_END);
    for (const name of ['2025-13', 'x', '2025-1']) {
      await expect(closeMonth(name)).rejects.toMatchObject({ code: 'malformed_period' });
    }
    await expect(closeMonth('2026-02')).rejects.toMatchObject({ code: 'unknown_period' });
  });

  it('is not closed while a check of any of its days fails', async () => {
    const line = `UPDATE journal_line SET amount = amount + :n WHERE business_date = '2025-12-29'
      AND voucher = (SELECT min(voucher) FROM journal_line WHERE business_date = '2025-12-29')
      AND line = 1`;
    await rows(line.replace(':n', '1'), 'owner');
    await expect(closeMonth('2025-12')).rejects.toMatchObject({
      code: 'period_does_not_tie',
      exitCode: 3,
      evidence: {
        chain: 'first broken day 2025-12-29',
        'debits_equal_credits 2025-12-29': expect.stringContaining('expected 0, actual 1'),
      },
    });
    expect(await rows('SELECT FROM period_event')).toEqual([]);
    await rows(line.replace(':n', '-1'), 'owner');
  });

  it('is closed, listed, and closed twice says so', async () => {
    const closed = await closeMonth('2025-12');
    expect(closed).toMatchObject({ outcome: 'closed', first: START, last: '2025-12-31' });
    expect(await closeMonth('2025-12')).toMatchObject({ outcome: 'already_closed' });
    const states = await withClient(database.target, {}, periodStates);
    expect(states).toMatchObject([
      { name: '2025-12', status: 'closed', sealedDays: 4, by: 'Li Na' },
      { name: '2026-01', status: 'open', sealedDays: 0, by: null },
    ]);
    await expect(closeMonth('2026-01')).rejects.toMatchObject({ code: 'period_has_open_days' });
  });

  it('is opened again only with a reason, which the audit keeps, and closed again', async () => {
    await expect(reopen('2025-12', ' ')).rejects.toMatchObject({ code: 'reason_missing' });
    await expect(reopen('2026-01', 'x')).rejects.toMatchObject({ code: 'period_is_open' });
    await reopen('2025-12', 'voucher of the auditors');
    expect(await reopen('2025-12', 'voucher of the auditors')).toMatchObject({
      outcome: 'unchanged',
    });
    await expect(reopen('2025-12', 'y')).rejects.toMatchObject({ code: 'period_is_open' });
    const audited = `SELECT action, subject, reason FROM audit ORDER BY audit_id DESC LIMIT 1`;
    expect(await rows(audited)).toEqual([
      { action: 'period reopen', subject: '2025-12', reason: 'voucher of the auditors (Wang)' },
    ]);
    const again = await closeMonth('2025-12');
    // Closed days do not change: there is no profit left to carry.
    expect(again).toMatchObject({ outcome: 'closed', carried: { profit: 0n, entries: 0 } });
  });
});

describe('the month row of a loan', () => {
  it('explains, day by day, what was posted for whole groups', async () => {
    // The tasks count what they accrue as they fold: of loans that were opened on the first day
    // the row cannot say, so that day is left out.
    const posted = await rows<{ day: string; interest: number; penalty: number; compound: number }>(
      `SELECT r.business_date AS day, sum((g ->> 'interestAccrued')::bigint)::bigint AS interest,
         sum((g ->> 'penaltyAccrued')::bigint)::bigint AS penalty,
         sum((g ->> 'compoundAccrued')::bigint)::bigint AS compound
       FROM run r JOIN step s USING (run_id), jsonb_array_elements(s.totals -> 'groups') AS g
       WHERE s.phase = 'fold' AND r.business_date > '${START}' GROUP BY 1 ORDER BY 1`,
    );
    const explained = await rows(
      `SELECT d.day::text AS day, sum(m.interest[d.at])::bigint AS interest,
         coalesce(sum(m.penalty[d.at]), 0)::bigint AS penalty,
         coalesce(sum(m.compound[d.at]), 0)::bigint AS compound
       FROM month_row m, LATERAL (SELECT coalesce(m.on_days[at], m.first_on + at - 1) AS day, at
         FROM generate_subscripts(m.interest, 1) AS at) AS d
       WHERE d.day > '${START}' GROUP BY d.day ORDER BY d.day`,
    );
    expect(explained).toEqual(posted);
    expect(posted.every(({ penalty }) => penalty > 0)).toBe(true);
  });

  it('carries the balances before and after, every loan of the month once', async () => {
    const [sums] = await rows(
      `SELECT count(*)::int AS rows, sum(opening_principal)::bigint AS opening,
         sum(closing_principal)::bigint AS closing FROM month_row WHERE month = '2025-12-01'`,
    );
    const [standing] = await rows(
      `SELECT (SELECT count(DISTINCT loan_id)::int FROM position) AS rows, 0 AS opening,
         (SELECT sum(principal)::bigint FROM position_20251231) AS closing`,
    );
    expect(sums).toEqual(standing);
  });
});

it('takes the profit of the year to retained earnings, by group, on the open day', async () => {
  const before = await withClient(database.target, {}, (client) => trialBalance(client, YEAR_END));
  const profitOf = (lines: typeof before.lines, key: 'opening' | 'closing') =>
    lines
      .filter((line) => line.class === 'income' || line.class === 'expense')
      .reduce((sum, line) => sum - Math.round(Number(line[key]) * 100), 0);
  const profit = profitOf(before.lines, 'closing');
  expect(profit).toBeGreaterThan(0);
  await close(YEAR_END + 1);
  const after = await withClient(database.target, {}, (client) => trialBalance(client));
  const retained = after.lines.find(({ account }) => account === '4104.01')!;
  expect(Math.round(Number(retained.closing) * 100)).toBe(-profit);
  // What is left in income and expense is what the first day of the year itself has earned.
  const [earned] = await rows<{ sum: number }>(
    `SELECT -sum(j.amount)::bigint AS sum FROM journal_line_20260101 j JOIN account USING (account_id)
     WHERE class IN ('income', 'expense') AND kind < 100`,
  );
  expect(profitOf(after.lines, 'closing')).toBe(earned!.sum);
  const split = await rows(
    `SELECT group_id FROM journal_line_20260101 WHERE kind = 106 GROUP BY group_id, voucher
     HAVING sum(amount) <> 0`,
  );
  expect(split).toEqual([]);
  const groups = await rows<{ many: number }>(
    `SELECT count(DISTINCT group_id)::int AS many FROM journal_line_20260101 WHERE kind = 106`,
  );
  expect(groups[0]!.many).toBeGreaterThan(1);
});

describe('a summary line of a closed month', () => {
  it('leads to the same loans when their positions are gone', async () => {
    const [line] = await rows<{ voucher: number }>(
      `SELECT j.voucher FROM journal_line j WHERE business_date = '2025-12-30' AND kind = 2
       ORDER BY abs(amount) DESC LIMIT 1`,
    );
    const ask = (): Promise<ExplainedVoucher> =>
      withClient(database.target, {}, (client) =>
        explainVoucher(client, YEAR_END - 1, line!.voucher, 1_000),
      );
    const before = await ask();
    expect(before.loans.length).toBeGreaterThan(5);
    await rows('DROP TABLE position_20251229', 'owner');
    const after = await ask();
    expect(after.loans).toEqual(before.loans);
    await rows(
      `UPDATE month_row SET interest[3] = interest[3] + 1 WHERE loan_id = (
      SELECT loan_id FROM loan WHERE loan_no = '${before.loans[0]!.loanNo}')`,
      'owner',
    );
    expect((await ask()).loans).not.toEqual(before.loans);
  });
});
