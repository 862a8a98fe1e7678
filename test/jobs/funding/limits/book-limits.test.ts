import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { applyPolicy } from '../../../../src/jobs/book/apply-dated.js';
import { closeDays } from '../../../../src/jobs/eod/run/close-days.js';
import { applyFundingPlan } from '../../../../src/jobs/funding/funding-plans.js';
import { bookLimits } from '../../../../src/jobs/funding/limits/book-limits.js';
import { routePlans } from '../../../../src/jobs/funding/route/room-of-plans.js';
import { applyTerms } from '../../../../src/jobs/funding/terms/apply-terms.js';
import { commandLine } from '../../../support/command-line.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../../support/import-book.js';

const NEXT = '2026-03-29';
const PLANS = [
  ['JL-1', 'P1', null],
  ['JL-2', 'P2', null],
  ['JL-3', 'P3', 'GA-1'],
] as const;

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  const apply = (kind: 'partner' | 'guarantee', text: string) =>
    applyTerms(book.client, kind, text, { source: 't', by: 'Li' });
  for (const code of ['P1', 'P2']) await apply('partner', `code: ${code}\ngroup: G\n`);
  await apply('partner', 'code: P3\n');
  await apply('partner', 'code: G1\nrole: guarantor\n');
  await apply('guarantee', 'code: GA-1\nguarantor: G1\n');
  for (const [code, party, guarantee] of PLANS) {
    const parties = [
      { party: 'OWN', part: 30, own: true },
      { party, part: 70 },
    ];
    const plan = { code, version: 1, effective_from: OPEN_DAY, parties, guarantee, route: {} };
    await applyFundingPlan(book.client, JSON.stringify(plan), 'plan.json');
  }
  await applyPolicy(
    book.client,
    `effective_from: ${OPEN_DAY}\nfunding: {tier1_capital: "4000.00"}\n`,
    'policy.yaml',
  );
  const day = parseDay(OPEN_DAY)!;
  await closeDays(book.database.target, { through: day, workers: 1, tasks: 1 });
  await book.asOwner(`INSERT INTO accounting_group (group_id, product_id, org, funding_plan, plan_id)
    OVERRIDING SYSTEM VALUE
    SELECT 90 + plan_id, 1, '', code, plan_id FROM funding_plan_version
    UNION ALL SELECT 90, 1, '', 'own', NULL`);
});
afterAll(() => book.remove());
beforeEach(() => book.asOwner('DELETE FROM subledger_total'));

/** Sums of a close: a group of loans with what of the principal is the lender's. */
const own = (plan: string, principal: number, share: number | null) =>
  book.asOwner(`INSERT INTO subledger_total (business_date, group_id, accruing, classification,
      overdue_bucket, loans, principal, principal_not_due, principal_overdue, interest_accrued,
      interest_due, penalty_due, compound_due, fee_due, suspense, interest_accrued_total,
      own_principal)
    SELECT '${OPEN_DAY}', group_id, true, 0, 0, 1, ${principal}, 0, 0, 0, 0, 0, 0, 0, 0, 0, ${share}
    FROM accounting_group WHERE funding_plan = '${plan}' AND group_id >= 90`);

it('counts own shares alone, by group, against tier-1 capital and all own loans', async () => {
  await own('own', 250_001, null);
  await own('JL-1', 200_000, 60_000);
  await own('JL-2', 133_333, 40_000);
  await own('JL-3', 500_000, 150_000);
  const { checks, unchecked, effectiveFrom } = await bookLimits(book.client);
  expect({ effectiveFrom, unchecked }).toEqual({ effectiveFrom: OPEN_DAY, unchecked: [] });
  // 0.25 of 4000.00; 0.50 of 2500.01 + 600.00 + 400.00 + 1500.00 = 5000.01, cut to the fen.
  expect(checks).toEqual([
    {
      ...{ rule: 'partner_concentration', of: 'G', value: 100_000n, limit: 100_000n },
      ...{ headroom: 0n, holds: true },
    },
    {
      ...{ rule: 'partner_concentration', of: 'P3', value: 150_000n, limit: 100_000n },
      ...{ headroom: -50_000n, holds: false },
    },
    {
      ...{ rule: 'joint_total', of: null, value: 250_000n, limit: 250_000n },
      ...{ headroom: 0n, holds: true },
    },
    {
      ...{ rule: 'guaranteed_share', of: null, value: 150_000n, limit: 250_000n },
      ...{ headroom: 100_000n, holds: true },
    },
  ]);
});

it('closes the plans of the partner above its bound, and no other', async () => {
  await own('own', 900_000, null);
  await own('JL-1', 200_000, 60_000);
  await own('JL-3', 500_000, 100_001);
  const stopped = async () => {
    const plans = await routePlans(book.client, parseDay(NEXT)!, 2);
    return plans.filter(({ isStopped }) => isStopped).map(({ plan }) => plan);
  };
  expect(await stopped()).toEqual(['JL-3']);
  await book.asOwner(
    `UPDATE subledger_total SET own_principal = 100000 WHERE own_principal > 100000`,
  );
  expect(await stopped()).toEqual([]);
  // All joint loans are more than half of all: every joint plan is closed.
  await book.asOwner('UPDATE subledger_total SET principal = 1 WHERE own_principal IS NULL');
  expect(await stopped()).toEqual(['JL-1', 'JL-2', 'JL-3']);
});

it('needs a sealed day', async () => {
  await expect(bookLimits(book.client, parseDay(NEXT)!)).rejects.toMatchObject({
    code: 'day_not_sealed',
    exitCode: 2,
  });
});

it('ends the command with 3 and the figures where a bound is breached, else with 0', async () => {
  const run = commandLine(book.database.target, book.folder);
  await own('own', 900_000, null);
  await own('JL-1', 200_000, 100_000);
  expect(await run(['funding', 'limits'])).toMatchObject({ exitCode: 0 });
  await book.asOwner('UPDATE subledger_total SET own_principal = 100001 WHERE own_principal > 0');
  const { exitCode, stdout } = await run(['funding', 'limits', '--json']);
  expect(exitCode).toBe(3);
  // One fen above 0.25 of 4000.00.
  expect(JSON.parse(stdout).checks).toContainEqual({
    ...{ rule: 'partner_concentration', of: 'G', value: '1000.01', limit: '1000.00' },
    ...{ headroom: '-0.01', holds: false },
  });
});
