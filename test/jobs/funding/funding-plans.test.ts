import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { applyPolicy } from '../../../src/jobs/book/apply-dated.js';
import { loadBook } from '../../../src/jobs/book/load-book.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import {
  applyFundingPlan,
  listFundingPlans,
  showFundingPlan,
} from '../../../src/jobs/funding/funding-plans.js';
import { applyTerms } from '../../../src/jobs/funding/terms/apply-terms.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { type ImportBook, importBook, OPEN_DAY } from '../../support/import-book.js';

const JOINT = `code: JL-3070
version: 1
effective_from: 2026-03-01
parties:
  - {party: OWN, part: 30, own: true}
  - {party: P1, part: 70}
`;
const YIELD = `code: FIX
version: 1
effective_from: 2026-03-01
parties: [{party: OWN, part: 1, own: true}, {party: P1, part: 1, rate: "0.07"}]
`;
const NONE = JOINT.replace('JL-3070', 'NONE');
const NEXT_DAY = '2026-03-29';
const HEADER = 'loan_no,product,principal,rate,disbursed_on,org,funding_plan';

let book: ImportBook;
beforeAll(async () => {
  book = await importBook();
  const partner = 'code: P1\neffective_from: 2026-02-01\n';
  await applyTerms(book.client, 'partner', partner, { source: 'p1', by: '' });
});
afterAll(() => book.remove());

const apply = (text: string, dryRun = false) =>
  applyFundingPlan(book.client, text, 'plan.yaml', dryRun);
const refusal = (code: string, message = '') => ({
  code,
  ...(message === '' ? {} : { message: expect.stringContaining(message) }),
});

describe('a funding plan', () => {
  it('is applied once, and then never another one', async () => {
    expect(await apply(JOINT, true)).toMatchObject({ outcome: 'applied', dryRun: true });
    expect(await listFundingPlans(book.client)).toEqual([]);
    expect(await apply(JOINT)).toEqual({
      ...{ code: 'JL-3070', version: 1, effectiveFrom: '2026-03-01' },
      ...{ outcome: 'applied', dryRun: false },
    });
    expect(await apply(`# the same\n${JOINT}tail: P1\n`).catch((error) => error)).toMatchObject(
      refusal('plan_version_exists'),
    );
    expect(await apply(`# the same\n${JOINT}`)).toMatchObject({ outcome: 'unchanged' });
    expect(await apply(JOINT.replace('version: 1', 'version: 2'))).toMatchObject({ version: 2 });
    expect(
      await book.rows(
        "SELECT action, subject FROM audit WHERE action LIKE 'funding%' ORDER BY audit_id",
      ),
    ).toEqual([
      { action: 'funding plan apply', subject: 'JL-3070 1' },
      { action: 'funding plan apply', subject: 'JL-3070 2' },
    ]);
  });

  it('is listed with its parties, and shown with every default', async () => {
    expect(await listFundingPlans(book.client)).toMatchObject([
      { code: 'JL-3070', version: 1, parties: 'OWN 30, P1 70', loans: 0 },
      { code: 'JL-3070', version: 2, loans: 0 },
    ]);
    expect(await showFundingPlan(book.client, 'JL-3070')).toMatchObject({
      version: 2,
      document: { service_fee: [], guarantee: null, parties: [{ rate: null }, { own: false }] },
    });
    await expect(showFundingPlan(book.client, 'JL-3070', 3)).rejects.toMatchObject(
      refusal('unknown_plan'),
    );
  });

  it.each([
    [
      'a party of no document',
      NONE.replaceAll('P1', 'P9'),
      'parties[1].party: has no document in force: apply one with `loanbook partner apply`; got P9',
    ],
    [
      'a party whose document is in force later',
      NONE.replace('03-01', '01-31'),
      'parties[1].party: has no document in force',
    ],
    [
      'a guarantee of no document',
      `${NONE}guarantee: GA-9\n`,
      'guarantee: has no document in force: apply one with `loanbook funding guarantee apply`; got GA-9',
    ],
    ['two own parties', JOINT.replace('part: 70', 'part: 70, own: true'), 'exactly one party'],
    ['the code of no plan', JOINT.replace('JL-3070', 'own'), 'code: is what loans without a plan'],
    // 29 of 100 is below 0.30, which is the floor itself.
    [
      'a partner below the floor',
      JOINT.replace('JL-3070', 'LOW').replace('30', '71').replace('70', '29'),
      'must give partners 0.3 of the whole',
    ],
  ])('of %s is refused', async (_, text, message) => {
    await expect(apply(text)).rejects.toMatchObject(refusal('invalid_document', message));
  });

  it('at the floor passes, by the policy in force on its first day', async () => {
    const low = (from: string, code: string) =>
      `code: ${code}\nversion: 1\neffective_from: ${from}\n` +
      'parties: [{party: OWN, part: 4, own: true}, {party: P1, part: 2}]\n';
    const strict = 'effective_from: 2026-05-01\nfunding: {partner_share_floor: "0.40"}\n';
    await applyPolicy(book.client, strict, 'policy.yaml');
    // 2 of 6 is above 0.30 and below 0.40.
    expect(await apply(low('2026-04-30', 'THIRD'))).toMatchObject({ outcome: 'applied' });
    await expect(apply(low('2026-05-01', 'LATER'))).rejects.toMatchObject(
      refusal('invalid_document', 'must give partners 0.4'),
    );
  });
});

describe('loans that name a plan', () => {
  async function taken(...rows: string[]) {
    const file = book.file('loans.csv', HEADER, ...rows);
    return importLoans(book.client, { file, maxRejects: 9, today: parseDay(OPEN_DAY)! });
  }

  it('are assigned to its version in force, one group a version', async () => {
    await apply(JOINT.replace('version: 1', 'version: 3').replace('2026-03-01', NEXT_DAY));
    const { rowsTaken } = await taken(
      `A1,CASH,1000.00,0.18,${OPEN_DAY},,JL-3070`,
      `A2,CASH,1000.00,0.18,${NEXT_DAY},,JL-3070`,
      `A3,CASH,1000.00,0.18,${OPEN_DAY},,`,
      `A4,CASH,1000.00,0.18,${OPEN_DAY},,JL-3070`,
      `A5,CASH,1000.00,0.18,${OPEN_DAY},S1,JL-3070`,
    );
    expect(rowsTaken).toBe(5);
    expect(
      await book.rows(
        `SELECT l.loan_no, g.org, g.funding_plan AS plan, p.version FROM loan l
         JOIN accounting_group g USING (group_id) LEFT JOIN funding_plan_version p USING (plan_id)
         ORDER BY l.loan_no`,
      ),
    ).toEqual([
      { loan_no: 'A1', org: 'head', plan: 'JL-3070', version: 2 },
      { loan_no: 'A2', org: 'head', plan: 'JL-3070', version: 3 },
      { loan_no: 'A3', org: 'head', plan: 'own', version: null },
      { loan_no: 'A4', org: 'head', plan: 'JL-3070', version: 2 },
      { loan_no: 'A5', org: 'S1', plan: 'JL-3070', version: 2 },
    ]);
    const groups = [...(await loadBook(book.client)).groups.values()];
    expect(groups.map(({ plan }) => plan?.terms.version ?? null)).toEqual([2, null, 2, 3]);
    expect((await listFundingPlans(book.client)).map(({ loans }) => loans)).toEqual([0, 3, 1, 0]);
  });

  it('are rejected where it cannot be', async () => {
    await apply(YIELD);
    const { rejects } = await taken(
      `B1,CASH,1000.00,0.18,${OPEN_DAY},,NONE`,
      'B2,CASH,1000.00,0.18,2026-02-28,,JL-3070',
      `B3,CASH,1000.00,0.069999999,${OPEN_DAY},,FIX`,
      `B4,CASH,1000.00,0.07,${OPEN_DAY},,FIX`,
      // From 2026-05-01 on the floor is 0.40, and this plan is older.
      'B5,CASH,1000.00,0.18,2026-04-03,,THIRD',
    );
    expect(rejects?.map(({ line, field, rule, value }) => [line, field, rule, value])).toEqual([
      [2, 'funding_plan', 'unknown_plan', 'NONE'],
      [3, 'funding_plan', 'plan_not_effective', 'JL-3070'],
      [4, 'funding_plan', 'yield_above_rate', 'FIX'],
      [6, 'funding_plan', 'plan_not_effective', 'THIRD'],
    ]);
  });

  it('are held to the floor of their own day', async () => {
    const file = book.file('late.csv', HEADER, 'C1,CASH,1000.00,0.18,2026-05-02,,THIRD');
    const { rejects } = await importLoans(book.client, {
      ...{ file, maxRejects: 1, today: parseDay('2026-05-01')! },
    });
    expect(rejects?.map(({ rule }) => rule)).toEqual(['partner_share_below_floor']);
  });

  it('change with a delta, where no close has folded them', async () => {
    const file = book.file(
      'delta.csv',
      HEADER,
      `A3,CASH,1000.00,0.18,${OPEN_DAY},,JL-3070`,
      `A1,CASH,1000.00,0.18,${OPEN_DAY},,JL-3070`,
    );
    const outcome = await importLoans(book.client, {
      file,
      delta: true,
      today: parseDay(OPEN_DAY)!,
    });
    expect(outcome.delta).toMatchObject({ replaced: 1, unchanged: 1 });
    expect(
      await book.rows(
        "SELECT funding_plan FROM loan JOIN accounting_group USING (group_id) WHERE loan_no = 'A3'",
      ),
    ).toEqual([{ funding_plan: 'JL-3070' }]);
  });

  it('and a plan of closed days is refused', async () => {
    await apply('code: O\nversion: 1\nparties: [{party: OWN, part: 1, own: true}]\n');
    await closeDays(book.database.target, { workers: 1 });
    await expect(apply(JOINT.replace('JL-3070', 'PAST'))).rejects.toMatchObject(
      refusal('effective_in_closed_day'),
    );
  });
});
