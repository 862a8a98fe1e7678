import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import {
  type LoanFunding,
  type Standing,
  showFunding,
} from '../../../../src/jobs/funding/show/show-funding.js';
import { commandLine } from '../../../support/command-line.js';
import { dayAt, type JointBook, jointBook } from '../../eod/joint/joint-book.js';
import { DAILY, JOINT, LOANS, liveThrough, THREE } from '../../eod/joint/lived-book.js';

const DAYS = 5;
const THIRDS = {
  ...{ code: 'THIRDS', version: 1, effective_from: '2026-01-01' },
  parties: [
    { party: 'OWN', part: 1, own: true },
    { party: 'P1', part: 1 },
    { party: 'P2', part: 1 },
  ],
};
const HELD = 'allocation: {early_payment: hold}\npenalty: {rate: {annual: 0}}';

let lived: JointBook;
let plain: JointBook;
beforeAll(async () => {
  lived = await jointBook([JOINT, THREE], DAILY);
  await liveThrough(lived, ['JL', 'T3', ''], DAYS);
  plain = await jointBook([JOINT, THIRDS], HELD);
  await plain.loans(
    [
      `S1,P,10000.00,0.18,2,${dayAt(0)},JL`,
      `T1,P,1000.00,0.36,2,${dayAt(0)},THIRDS`,
      `N1,P,500.00,0.18,2,${dayAt(0)},`,
    ],
    [
      ...[`S1,${dayAt(1)},766.80,150.00`, `S1,${dayAt(40)},9233.20,0.00`],
      ...[`T1,${dayAt(1)},100.01,10.00`, `T1,${dayAt(31)},899.99,3.01`],
      ...[`N1,${dayAt(1)},250.00,1.00`, `N1,${dayAt(31)},250.00,1.00`],
    ],
  );
  await plain.close(dayAt(0));
  await plain.events(`R1,S1,repayment,${dayAt(1)},916.80,,`);
  await plain.close(dayAt(5));
}, 120_000);
afterAll(async () => {
  await lived.remove();
  await plain.remove();
});

const BALANCES = [
  ...(['principal', 'principalOverdue', 'interestAccrued', 'interestDue'] as const),
  ...(['penaltyDue', 'compoundDue', 'feeDue', 'total'] as const),
];
const sumOf = ({ shares }: LoanFunding) =>
  Object.fromEntries(
    BALANCES.map((name) => [name, shares.reduce((sum, share) => sum + share[name], 0)]),
  );
const fields = (standing: Standing) => BALANCES.map((name) => standing[name]);

describe('what the parties have of a loan', () => {
  it('sums to its position, and to what was sealed, on every day of every life', async () => {
    const statuses = new Set<string | null>();
    for (let day = 0; day <= DAYS; day += 1) {
      const sums = { own: 0, others: 0 };
      for (let k = 0; k < LOANS; k += 1) {
        const found = await showFunding(lived.client, `L${k}`, parseDay(dayAt(day))!);
        statuses.add(found.status);
        if (k % 3 === 2) {
          expect(found.plan).toBeNull();
          continue;
        }
        // Of one that the lender wrote off the position has nothing, and the others their claims.
        if (found.status !== 'written_off') {
          expect(sumOf(found), `L${k} on ${dayAt(day)}`).toEqual({ ...found.position });
        }
        for (const { party, total } of found.shares) {
          sums[party === 'OWN' ? 'own' : 'others'] += total;
        }
      }
      const [sealed] = await lived.rows(
        `SELECT sum(own_principal + own_interest_accrued + own_interest_due + own_penalty_due
             + own_compound_due + own_fee_due)::bigint AS own,
           sum(partner_principal + partner_interest)::bigint AS others
         FROM subledger_total WHERE business_date = '${dayAt(day)}'`,
      );
      expect(sums, dayAt(day)).toEqual(sealed);
    }
    expect([...statuses]).toEqual(expect.arrayContaining(['overdue', 'written_off']));
  });

  it('is what the case of the first instalment says, with the fee and its tax', async () => {
    const { plan, shares, had, items } = await showFunding(plain.client, 'S1');
    expect(plan).toMatchObject({ code: 'JL', version: 1 });
    // 30 of 100 of 10000.00 less r(766.80 x 30/100); the rest is P1's. No interest is to come.
    expect(shares.map(({ party, principal, total }) => [party, principal, total])).toEqual([
      ['OWN', 276_996, 276_996],
      ['P1', 646_324, 646_324],
    ]);
    // 105.00 x 0.25 = 26.25; 26.25 - 26.25 / 1.06 = 1.49.
    const none = { penalty: 0, compound: 0, serviceFee: 0, serviceTax: 0, fee: 0 };
    const party = { party: 'P1', events: 1 };
    expect(had).toEqual([
      { ...party, ...none, movement: 'disbursement', principal: 700_000, interest: 0 },
      {
        ...{ ...party, ...none, movement: 'repayment', principal: 53_676, interest: 10_500 },
        ...{ serviceFee: 2625, serviceTax: 149 },
      },
    ]);
    expect(items.map(({ businessDate, movement, ref }) => [businessDate, movement, ref])).toEqual([
      [dayAt(0), 'disbursement', 'disbursement'],
      [dayAt(1), 'repayment', 'R1'],
    ]);
  });

  it('of a third each has overdue principal by proportion and due interest by the plan', async () => {
    const { shares, position } = await showFunding(plain.client, 'T1');
    // Principal 333.33, 333.33, 333.34; overdue r(333.33 x 100.01 / 1000.00) = 33.34 twice, 33.33.
    // Interest due 3.33, 3.33, 3.34. At 0.36 the nights have brought all that the instalment ahead
    // asks: of 13.01 r(4.3366...) = 4.34 twice and 4.33, so that 1.01, 1.01 and 0.99 are accrued.
    expect(shares.map((share) => [share.party, ...fields(share)])).toEqual([
      ['OWN', 33_333, 3334, 101, 333, 0, 0, 0, 33_767],
      ['P1', 33_333, 3334, 101, 333, 0, 0, 0, 33_767],
      ['P2', 33_334, 3333, 99, 334, 0, 0, 0, 33_767],
    ]);
    expect(fields(position!)).toEqual([100_000, 10_001, 301, 1000, 0, 0, 0, 101_301]);
  });
});

describe('a loan', () => {
  it('stands in the settlements that took its items, by direction', async () => {
    await plain.asOwner(
      `INSERT INTO funding_settlement VALUES (1, 'P1', 'draw', '${dayAt(1)}', '${dayAt(0)}',
         '${dayAt(0)}', -999, 0, 999, 'S-P1-D', 1, '${dayAt(1)}', now(), 'Li')`,
    );
    const { settlements } = await showFunding(plain.client, 'S1');
    // 7000.00 of the disbursement is drawn; 641.76 and the fee of 26.25 wait for their day.
    expect(settlements).toEqual([
      {
        ...{ party: 'P1', reference: 'S-P1-D', direction: 'draw', dueOn: dayAt(1), amount: -999 },
        ...{ from: dayAt(0), to: dayAt(0), ofLoan: -700_000 },
      },
      {
        ...{ party: 'P1', reference: null, direction: null, dueOn: null, amount: null },
        ...{ from: null, to: null, ofLoan: 64_176 - 2625 },
      },
    ]);
  });

  it('shows its orders as they are now', async () => {
    await plain.asOwner(
      `INSERT INTO payment_batch VALUES (1, 'CP', '${dayAt(6)}', 'CP-1', 2, 30001, 'Li');
       INSERT INTO payment_order (order_no, batch_id, line, channel, bucket, loan_id, loan_no, seq,
           attempt, part, asked_on, amount, party_no, party_version, account_at, account_mark, state,
           class, collected)
         SELECT 'CP-S1-2-1-' || part, 1, part, 'CP', bucket, loan_id, loan_no, 2, 1, part,
           '${dayAt(6)}', 20001 - 10000 * (part - 1), 'C1', 1, 0, '\\x00',
           (ARRAY['success', 'failed'])[part], (ARRAY[NULL, 'limit'])[part],
           (ARRAY[20001, 0])[part]
         FROM loan, generate_series(1, 2) AS part WHERE loan_no = 'S1'`,
    );
    const { orders } = await showFunding(plain.client, 'S1', parseDay(dayAt(1))!);
    const common = { channel: 'CP', askedOn: dayAt(6), seq: 2, attempt: 1 };
    expect(orders).toEqual([
      {
        ...{ ...common, orderNo: 'CP-S1-2-1-1', part: 1, amount: 20_001, state: 'success' },
        ...{ class: null, collected: 20_001 },
      },
      {
        ...{ ...common, orderNo: 'CP-S1-2-1-2', part: 2, amount: 10_001, state: 'failed' },
        ...{ class: 'limit', collected: 0 },
      },
    ]);
    expect((await showFunding(plain.client, 'T1')).orders).toEqual([]);
  });

  it('is shown by the command: a plan, the shares, and the loan below them', async () => {
    const run = commandLine(plain.database.target, tmpdir());
    const { exitCode, stdout } = await run(['funding', 'show', 'T1']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/code +THIRDS/);
    expect(stdout).toMatch(/P2 +1 +333.34 +33.33 +0.99 +3.34 +0.00 +0.00 +0.00 +337.67/);
    expect(stdout).toMatch(/1000.00 +100.01 +3.01 +10.00 +0.00 +0.00 +0.00 +1013.01/);
    const json = await run(['funding', 'show', 'T1', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({
      ...{ loanNo: 'T1', asOf: dayAt(5), status: 'overdue' },
      plan: { code: 'THIRDS', version: 1, guarantee: null, tail: 'P2' },
      position: { principal: '1000.00', total: '1013.01' },
      had: [
        { party: 'P1', movement: 'disbursement', principal: '333.33' },
        { party: 'P2', movement: 'disbursement', principal: '333.34' },
      ],
    });
  });

  it("without a plan is said to be the lender's alone", async () => {
    const run = commandLine(plain.database.target, tmpdir());
    const { exitCode, stdout } = await run(['funding', 'show', 'N1']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain('The lender funds it alone: it has no funding plan.');
    const json = await run(['funding', 'show', 'N1', '--json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ plan: null, shares: [], had: [] });
  });

  it('that is not there, and a day that is not sealed, are refused', async () => {
    await expect(showFunding(plain.client, 'X')).rejects.toMatchObject({
      ...{ code: 'unknown_loan', exitCode: 1 },
    });
    await expect(showFunding(plain.client, 'T1', parseDay(dayAt(6))!)).rejects.toMatchObject({
      ...{ code: 'day_not_sealed', exitCode: 2 },
    });
  });
});
