import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { checkChain } from '../../../../src/jobs/day/proof/check-chain.js';
import { assignLoans } from '../../../../src/jobs/funding/assign/assign-loans.js';
import { readAssignment } from '../../../../src/jobs/funding/assign/assignment-file.js';
import { assignmentFromValue } from '../../../../src/jobs/funding/documents/assignment-document.js';
import { listFundingPlans } from '../../../../src/jobs/funding/funding-plans.js';
import { bookLimits } from '../../../../src/jobs/funding/limits/book-limits.js';
import { fundingReport } from '../../../../src/jobs/funding/report/funding-report.js';
import { settlePartners } from '../../../../src/jobs/funding/settle/settle-partners.js';
import { showFunding } from '../../../../src/jobs/funding/show/show-funding.js';
import { explainVoucher } from '../../../../src/jobs/ledger/explain.js';
import { reconcileGl } from '../../../../src/jobs/ledger/reconcile-gl.js';
import { dayAt, type JointBook, jointBook } from '../../eod/joint/joint-book.js';

const joint = (code: string, parts: object, more: object = {}) => ({
  ...{ code, version: 1, effective_from: '2026-01-01', ...more },
  parties: Object.entries(parts).map(([party, part]) => ({ party, part, own: party === 'OWN' })),
});
const PLANS = [
  joint('JL', { OWN: 30, P1: 70 }),
  joint('ABS', { OWN: 0, SPV1: 1 }),
  // P1 has what it had; what it lacks here the lender cannot sell.
  joint('MIX', { OWN: 10, P1: 70, SPV1: 20 }),
  joint('LESS', { OWN: 10, P1: 60, SPV1: 30 }),
  {
    ...{ code: 'DEAR', version: 1, effective_from: '2026-01-01' },
    parties: [
      { party: 'OWN', part: 0, own: true },
      { party: 'SPV1', part: 1, rate: '0.37' },
    ],
  },
  { ...joint('LATER', { OWN: 0, SPV1: 1 }), effective_from: '2026-06-01' },
];

let book: JointBook;
beforeAll(async () => {
  book = await jointBook(PLANS, 'allocation: {early_payment: hold}', ['P1', 'SPV1']);
  const rows = ['M', 'N', 'J', 'W', 'S'].map(
    (no) => `${no},P,1000.00,0.36,2,${dayAt(0)},${no === 'J' ? 'JL' : ''}`,
  );
  const later = (no: string) => [
    `${no},${dayAt(40)},500.00,20.00`,
    `${no},${dayAt(80)},500.00,0.00`,
  ];
  await book.loans(rows, ['M', 'N', 'J', 'W', 'S'].flatMap(later));
  await book.events(`W1,W,write_off,${dayAt(0)},,,`, `S1,S,prepayment,${dayAt(0)},1000.00,,`);
  await book.close(dayAt(0));
}, 60_000);
afterAll(() => book.remove());

const BY = { source: 'list.yaml', by: 'Li' };
const TWO = { ...BY, checker: 'Wang' };
const value = (more: object = {}) => ({
  ...{ code: 'POOL', day: dayAt(0), buyer: 'SPV1', plan: 'ABS', loans: ['M'] },
  ...more,
});
const assign = (more: object, options: object = TWO) =>
  assignLoans(book.client, assignmentFromValue(value(more), 'list.yaml'), { ...BY, ...options });
const KEPT = `SELECT (SELECT count(*) FROM funding_assignment)::int AS lists,
  (SELECT count(*) FROM assigned_loan)::int AS loans`;

describe('a list that is refused leaves nothing', () => {
  it.each([
    ['a settled loan', { loans: ['M', 'S'] }, 'S', 'status', 'settled'],
    ['one that was written off', { loans: ['W'] }, 'W', 'status', 'written_off'],
    ['one that is not in the book', { loans: ['X'] }, 'X', 'unknown_loan', 'not in the book'],
    ['more than the own share', { loans: ['J'] }, 'J', 'more_than_own_share', 'JL 1'],
    ["what is another one's", { plan: 'LESS', loans: ['J'] }, 'J', 'more_than_own_share', 'JL 1'],
    ["what is the lender's anyway", { kind: 'buy_back', plan: 'own' }, 'M', 'nothing_sold', 'own'],
    ['a return as a sale', { kind: 'buy_back' }, 'M', 'wrong_way', 'own'],
    ['a yield above the rate', { plan: 'DEAR' }, 'M', 'yield_above_rate', 'of DEAR'],
  ])('%s', async (_, more, loan, rule, got) => {
    await expect(assign(more)).rejects.toMatchObject({
      code: 'assignment_refused',
      exitCode: 1,
      evidence: { source: 'list.yaml', loans: 1, loan, rule, value: got },
    });
    expect(await book.rows(KEPT)).toEqual([{ lists: 0, loans: 0 }]);
  });

  it.each([
    ['an unknown buyer', { buyer: 'SPV9' }, 'unknown_partner'],
    ['the lender as its own buyer', { buyer: 'OWN' }, 'buyer_is_the_lender'],
    ['a buyer without a part', { buyer: 'P1' }, 'buyer_not_in_plan'],
    ['an unknown plan', { plan: 'NONE' }, 'unknown_plan'],
    ['an unknown version', { plan_version: 2 }, 'plan_not_effective'],
    ['a plan of later days', { plan: 'LATER' }, 'plan_not_effective'],
    ['a day that is not closed', { day: dayAt(1) }, 'cut_not_last_close'],
    ['a day of before', { day: '2026-03-01' }, 'cut_not_last_close'],
    ['a pool that was never sold', { kind: 'clean_up', pool: 'POOL', loans: [] }, 'unknown_pool'],
  ])('%s', async (_, more, code) => {
    await expect(assign(more)).rejects.toMatchObject({ code, exitCode: 2 });
  });

  it.each([
    ['a loan twice', { loans: ['M', 'N', 'M'] }, 'loans[2]'],
    ['no loan', { loans: [] }, 'loans'],
    ['a pool of a sale', { pool: 'A' }, 'pool'],
    ['a call without a pool', { kind: 'clean_up', loans: [] }, 'pool'],
    ['a call of named loans', { kind: 'clean_up', pool: 'A' }, 'loans'],
    ['an unknown key', { price: '1' }, 'price'],
  ])('%s', (_, more, path) => {
    expect(() => assignmentFromValue(value(more), 'list.yaml')).toThrow(
      expect.objectContaining({
        code: 'invalid_document',
        evidence: expect.objectContaining({ path }),
      }),
    );
  });

  it('one person in both roles', async () => {
    const expected = { code: 'same_person', exitCode: 2 };
    await expect(assign({}, { checker: ' li' })).rejects.toMatchObject(expected);
    const { approval } = await assign({}, { checker: undefined });
    const grant = { number: approval, by: 'Li' };
    await expect(assign({}, { checker: undefined, grant })).rejects.toMatchObject(expected);
    expect(await book.rows(KEPT)).toEqual([{ lists: 0, loans: 0 }]);
    // What waits is in the way of another list, whatever that is called.
    await expect(assign({ code: 'OTHER' })).rejects.toMatchObject({
      evidence: { loan: 'M', rule: 'pending' },
    });
    await book.asOwner(`DELETE FROM approval`);
  });
});

describe('a list from a file', () => {
  it('is the same as YAML and as CSV', async () => {
    const yaml = book.file(
      'list.yaml',
      ...['code: POOL', `day: ${dayAt(0)}`, 'buyer: SPV1', 'plan: ABS', 'ratio: 0.985'],
      'loans: [M, N]',
    );
    const head = 'loan_no,code,day,buyer,plan,ratio';
    const first = `M,POOL,${dayAt(0)},SPV1,ABS,0.985`;
    const csv = book.file('list.csv', head, first, 'N,,,SPV1,,');
    expect((await readAssignment(csv)).document).toEqual((await readAssignment(yaml)).document);
  });

  it.each([
    ['another term', ['loan_no,ratio', 'M,0.9', 'N,0.8'], 'line 3.ratio'],
    ['a line cut off', ['loan_no,ratio', 'M,0.9', 'N'], 'line 3'],
    ['no loan', ['code,ratio', 'M,0.9'], 'line 1'],
    ['a column twice', ['loan_no,ratio,ratio', 'M,0.9,0.9'], 'line 1'],
  ])('with %s is refused', async (_, lines, path) => {
    await expect(readAssignment(book.file('bad.csv', ...lines))).rejects.toMatchObject({
      code: 'invalid_document',
      evidence: { path },
    });
  });
});

describe('a sale', () => {
  // 1000.00 x 0.985 + one night of 36% x 1000.00 / 360 = 1.00: 986.00 for 1001.00.
  const SALE = { ratio: '0.985', loans: ['M'] };

  it('is kept once, and its version never changes', async () => {
    expect(await assign(SALE)).toMatchObject({
      ...{ outcome: 'assigned', sold: 100_100, price: 98_600, effectiveOn: dayAt(1) },
    });
    expect(await assign(SALE)).toMatchObject({ outcome: 'unchanged', price: 98_600 });
    await expect(assign({ ...SALE, ratio: '0.9' })).rejects.toMatchObject({
      code: 'assignment_exists',
      exitCode: 2,
    });
    // The same loan again, behind the same close.
    await expect(assign({ code: 'AGAIN' })).rejects.toMatchObject({
      evidence: { loan: 'M', rule: 'pending' },
    });
    expect(await book.rows(KEPT)).toEqual([{ lists: 1, loans: 1 }]);
  });

  it('of a part of a joint loan leaves the others what they have', async () => {
    // The lender has 300.00 and 0.30 of J; two thirds of them are sold.
    expect(await assign({ code: 'PART', plan: 'MIX', loans: ['J'] })).toMatchObject({
      loans: [{ sold: [20_000, 20, 0, 0, 0], price: 20_020, gain: 0 }],
    });
  });

  it('leaves the balance sheet against its price, and stands beside it', async () => {
    await book.close(dayAt(1));
    const posted = (loan: string) =>
      book.rows(
        `SELECT a.code, sum(j.amount)::int AS amount FROM journal_line j JOIN account a
           USING (account_id) JOIN loan l ON l.bucket = j.bucket AND l.loan_id = j.loan_id
         WHERE l.loan_no = '${loan}' AND j.business_date = '${dayAt(1)}' GROUP BY 1 ORDER BY 1`,
      );
    expect(await posted('M')).toEqual([
      { code: '1132.01', amount: -100 },
      { code: '1221.02', amount: 98_600 },
      { code: '1303.01', amount: -100_000 },
      { code: '6111.01', amount: 1_500 },
      { code: '7201.01', amount: 100_000 },
      { code: '7201.02', amount: 100 },
      { code: '7201.99', amount: -100_100 },
    ]);
    expect(await posted('J')).toEqual([
      { code: '1132.01', amount: -20 },
      { code: '1221.02', amount: 20_020 },
      { code: '1303.01', amount: -20_000 },
      { code: '7201.01', amount: 20_000 },
      { code: '7201.02', amount: 20 },
      { code: '7201.99', amount: -20_020 },
    ]);
    expect(await reconcileGl(book.client, { everyLoan: true })).toMatchObject({ ok: true });
  });

  it('counts with its new plan, and is what a voucher is explained by', async () => {
    const plans = await listFundingPlans(book.client);
    const loans = Object.fromEntries(plans.map(({ code, loans: count }) => [code, count]));
    expect(loans).toMatchObject({ ABS: 1, MIX: 1, JL: 0 });
    // What is left of J, 100.00 of it, is joint with P1 and SPV1; nothing of M is the lender's.
    const { checks } = await bookLimits(book.client);
    const joint = checks.find(({ rule }) => rule === 'joint_total');
    expect(joint).toMatchObject({ value: 10_000n });
    const [voucher] = await book.rows(
      `SELECT j.voucher FROM journal_line j JOIN loan l USING (bucket, loan_id)
       WHERE l.loan_no = 'M' AND j.business_date = '${dayAt(1)}' LIMIT 1`,
    );
    const day = parseDay(dayAt(1))!;
    expect(await explainVoucher(book.client, day, Number(voucher!.voucher), 3)).toMatchObject({
      ...{ movement: 'transfer', because: 'sale POOL 1, by Li, approved by Wang' },
    });
  });

  it('is seen as what its parties have of it', async () => {
    const { plan, shares } = await showFunding(book.client, 'J');
    expect(plan).toMatchObject({ code: 'MIX' });
    // Two nights of 1.00: of the first the lender sold 0.20 of 0.30, the second is shared anew.
    const of = (party: string, principal: number, interestAccrued: number) => ({
      ...{ party, principal, interestAccrued },
    });
    expect(shares).toMatchObject([
      ...[of('OWN', 10_000, 20), of('P1', 70_000, 140), of('SPV1', 20_000, 40)],
    ]);
    // With all of M, 1000.00 and two nights; both prices are still to be paid.
    const { parties } = await fundingReport(book.client, undefined, 'SPV1');
    expect(parties).toMatchObject([
      { loans: 2, principal: 120_000n, interest: 240n, settled: 0n, unsettled: -118_620n },
    ]);
  });

  it('is settled with the buyer: one transfer, and its receivable is gone', async () => {
    // Two prices, 986.00 and 200.20, booked on one day and due a working day later.
    const { transfers } = await settlePartners(book.client, {
      ...{ date: undefined, partner: 'SPV1', by: 'Li' },
    });
    expect(transfers).toMatchObject([{ party: 'SPV1', amount: -118_620 }]);
    expect(
      await book.rows(`SELECT a.code, l.amount FROM entry e JOIN entry_line l USING (entry_id)
        JOIN account a USING (account_id) ORDER BY l.line`),
    ).toEqual([
      { code: '1221.02', amount: -118_620 },
      { code: '1002.01', amount: 118_620 },
    ]);
  });
});

describe('what comes back', () => {
  const CALL = { code: 'CALL', kind: 'clean_up', pool: 'POOL', plan: 'own', loans: [] };

  it('of a pool is called when little is left, and all of it', async () => {
    const on = { ...CALL, day: dayAt(1) };
    await expect(assign(on)).rejects.toMatchObject({
      ...{ code: 'clean_up_too_early', exitCode: 1 },
      evidence: { pool: 'POOL', value: '1.0000' },
    });
    // Behind one night more it is 1000.00 and 2.00, at their worth.
    expect(await assign({ ...on, at_most: '1' })).toMatchObject({
      ...{ outcome: 'assigned', sold: -100_200, price: -100_200 },
      loans: [{ loanNo: 'M', sold: [-100_000, -200, 0, 0, 0] }],
    });
    await book.close(dayAt(2));
    expect(
      await book.rows(`SELECT l.loan_no FROM funding_item i JOIN loan l USING (bucket, loan_id)
        WHERE i.business_date = '${dayAt(2)}' AND l.loan_no = 'M'`),
    ).toEqual([]);
    expect(await reconcileGl(book.client, { everyLoan: true })).toMatchObject({ ok: true });
    await expect(assign({ ...on, code: 'TWICE', day: dayAt(2) })).rejects.toMatchObject({
      code: 'pool_is_empty',
    });
  });

  it('and what was kept of it is proven by the chain', async () => {
    expect((await checkChain(book.client, {})).broken).toEqual([]);
    for (const table of ['assigned_loan', 'funding_assignment']) {
      await book.asOwner(`UPDATE ${table} SET price = price + 1`);
      const { broken } = await checkChain(book.client, {});
      const places = broken.flatMap(({ differences }) => differences.map(({ place }) => place));
      expect(places).toEqual(expect.arrayContaining([expect.stringContaining(table)]));
      await book.asOwner(`UPDATE ${table} SET price = price - 1`);
    }
  });
});
