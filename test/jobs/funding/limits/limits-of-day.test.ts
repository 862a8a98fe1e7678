import { tmpdir } from 'node:os';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { applyPolicy } from '../../../../src/jobs/book/apply-dated.js';
import { checkDay, checksBesideHash } from '../../../../src/jobs/eod/checks/check-day.js';
import { bookLimits } from '../../../../src/jobs/funding/limits/book-limits.js';
import { commandLine } from '../../../support/command-line.js';
import { dayAt, type JointBook, jointBook, START } from '../../eod/joint/joint-book.js';
import { JOINT } from '../../eod/joint/lived-book.js';

let book: JointBook;
beforeAll(async () => {
  book = await jointBook([JOINT]);
  const policy = `effective_from: ${START}
cost_cap: null
funding: {customer_max: "850.00", joint_total: "0.70"}`;
  await applyPolicy(book.client, policy, 'policy.yaml');
  await book.loans([
    `A1,P,1000.00,0.18,3,${dayAt(0)},JL`,
    `A2,P,2000.00,0.18,3,${dayAt(0)},JL`,
    `B1,P,850.00,0.18,3,${dayAt(0)},`,
    `C1,P,2700.00,0.18,3,${dayAt(0)},JL`,
    `D1,P,1.00,0.18,3,${dayAt(0)},`,
  ]);
  await book.asOwner(`INSERT INTO loan_party SELECT bucket, loan_id, left(loan_no, 1), '${START}'
    FROM loan`);
  await book.close(dayAt(0));
}, 60_000);
afterAll(() => book.remove());

const BREACH = { place: 'customer_max of A', expected: 'at most 850.00', actual: '900.00' };

it('counts what the lender itself has of a customer, over all plans', async () => {
  const { checks, unchecked } = await bookLimits(book.client);
  expect(unchecked).toEqual(['partner_concentration']);
  // 0.30 of 3000.00 is above the bound, 850.00 is the bound, 0.30 of 2700.00 below it; 1.00 is not
  // near it, and not said: all that it owes is below the bound.
  const of = { rule: 'customer_max', limit: 85_000n };
  expect(checks.filter(({ rule }) => rule === 'customer_max')).toEqual([
    { ...of, of: 'A', value: 90_000n, headroom: -5000n, holds: false },
    { ...of, of: 'C', value: 81_000n, headroom: 4000n, holds: true },
  ]);
});

it('is a check of the day that gates no close', async () => {
  const { checks } = await checkDay(book.client, []);
  expect(checks.filter(({ ok }) => !ok)).toMatchObject([
    { name: 'funding_limits', differences: [BREACH] },
  ]);
  // What a period is closed by is proof that it ties.
  const ties = await checksBesideHash(book.client, parseDay(dayAt(0))!);
  expect(ties.map(({ name }) => name)).not.toContain('funding_limits');
  expect(ties.every(({ ok }) => ok)).toBe(true);
  await book.close(dayAt(1));
  expect(await book.rows('SELECT count(*)::int AS days FROM sealed_day')).toEqual([{ days: 2 }]);
});

it('is red in the checks, on the page of the morning and in its own command', async () => {
  const run = commandLine(book.database.target, tmpdir());
  const check = await run(['check', 'funding_limits', '--date', dayAt(0)]);
  expect(check.exitCode).toBe(3);
  expect(check.stdout).toContain(
    'funding_limits: customer_max of A: expected at most 850.00, actual 900.00',
  );
  const daily = await run(['report', 'daily', '--date', dayAt(0), '--json']);
  expect(daily.exitCode).toBe(0);
  const { red, checks } = JSON.parse(daily.stdout);
  expect(red).toContainEqual(
    expect.objectContaining({
      code: 'check:funding_limits',
      command: `loanbook check funding_limits --date ${dayAt(0)}`,
    }),
  );
  expect(checks.at(-1)).toMatchObject({ check: 'funding_limits', result: 'does not hold' });
  expect(await run(['funding', 'limits', '--as-of', dayAt(0)])).toMatchObject({ exitCode: 3 });
});

it('holds again once the customer has less', async () => {
  await book.asOwner(`UPDATE loan_party SET party_no = 'D' WHERE loan_id =
    (SELECT loan_id FROM loan WHERE loan_no = 'A1')`);
  const { checks } = await checkDay(book.client, ['funding_limits']);
  expect(checks).toMatchObject([{ ok: true, differences: [] }]);
});
