import { afterAll, describe, expect, it } from 'vitest';
import { checkChain } from '../../../src/jobs/day/proof/check-chain.js';
import { assignLoans } from '../../../src/jobs/funding/assign/assign-loans.js';
import { assignmentFromValue } from '../../../src/jobs/funding/documents/assignment-document.js';
import { reconcileGl } from '../../../src/jobs/ledger/reconcile-gl.js';
import { subledger } from '../../../src/jobs/ledger/subledger.js';
import { dayAt, type JointBook, jointBook } from '../../jobs/eod/joint/joint-book.js';

/** Parts of a plan by party, the last one the tail; fees are the lender's alone. */
type Parts = Readonly<Record<string, number>>;
const PLANS: Readonly<Record<string, Parts>> = {
  own: { OWN: 1 },
  JL: { OWN: 30, P1: 70 },
  ABS: { OWN: 0, SPV1: 1 },
  MIX: { OWN: 10, P1: 70, SPV1: 20 },
};
const FEES: Readonly<Record<string, object>> = {
  ABS: {
    service_fee: [{ from: 'SPV1', of: ['principal', 'interest'], rate: '0.01', vat: '0.06' }],
  },
  JL: { service_fee: [{ from: 'P1', of: ['interest'], rate: '0.25', vat: '0' }] },
};

const DAILY = `repayment: {method: equal_principal, interval: {every: 1, unit: day}}
penalty: {rate: {annual: 0.27}}
allocation: {early_payment: hold}
`;
const LOANS = 18;
const DAYS = 10;
const NAMES = ['own', 'JL', 'own'] as const;

/** What happens behind the closes of days, to which loans. */
interface Step {
  readonly kind: string;
  readonly plan: string;
  readonly of: (k: number) => boolean;
}
const STEPS: Readonly<Record<number, readonly Step[]>> = {
  3: [
    { kind: 'sale', plan: 'ABS', of: (k) => k % 3 === 0 },
    { kind: 'sale', plan: 'MIX', of: (k) => k % 3 === 1 && k > 6 },
  ],
  6: [
    { kind: 'buy_back', plan: 'own', of: (k) => k % 6 === 0 },
    { kind: 'buy_back', plan: 'JL', of: (k) => k === 10 },
  ],
};

function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * n);
  };
}

const books: JointBook[] = [];
afterAll(async () => {
  for (const book of books) await book.remove();
});

/** By loan and day: under which parts it stands from the day on. */
type Hands = Map<string, { day: number; plan: string }[]>;

/** Assigns what runs of a step; what has ended stays away, as the list would be refused with it. */
async function assign(book: JointBook, day: number, step: Step, hands: Hands): Promise<void> {
  const named = Array.from({ length: LOANS }, (_, k) => `L${k}`).filter((_, k) => step.of(k));
  const value = (loans: readonly string[]) => ({
    ...{ code: `${step.plan}-${day}`, kind: step.kind, day: dayAt(day), buyer: 'SPV1' },
    ...{ plan: step.plan, ratio: '0.98', interest_ratio: '0.5', loans },
  });
  const options = { source: 'list', by: 'Li', checker: 'Wang' };
  const tried = await assignLoans(book.client, assignmentFromValue(value(named), 'list'), {
    ...options,
    dryRun: true,
  });
  const loans = tried.loans.filter(({ state }) => state === 'active').map(({ loanNo }) => loanNo);
  expect(loans.length).toBeGreaterThan(0);
  const done = await assignLoans(book.client, assignmentFromValue(value(loans), 'list'), options);
  expect(done.outcome).toBe('assigned');
  for (const loanNo of loans) hands.get(loanNo)!.push({ day: day + 1, plan: step.plan });
}

/** Repayments, waivers, fees, reversals and late events over loans that fall due every day. */
async function live(book: JointBook, seed: number, workers = 1, days = DAYS): Promise<Hands> {
  const below = seeded(seed);
  const rows = Array.from({ length: LOANS }, (_, k) => {
    const plan = NAMES[k % 3]!;
    const principal = (3_333.33 + 77.77 * k).toFixed(2);
    return `L${k},P,${principal},0.36,${6 + (k % 4)},${dayAt(0)},${plan === 'own' ? '' : plan}`;
  });
  await book.loans(rows);
  await book.close(dayAt(0), workers);
  const hands: Hands = new Map(
    rows.map((_, k) => [`L${k}`, [{ day: 0, plan: NAMES[k % 3]! as string }]]),
  );
  const refs: string[] = [];
  for (let day = 1; day <= days; day += 1) {
    for (const step of STEPS[day - 1] ?? []) await assign(book, day - 1, step, hands);
    const events: string[] = [];
    for (let k = 0; k < LOANS; k += 1) {
      const ref = `E${day}-${k}`;
      const late = below(3) === 0 ? dayAt(Math.max(1, day - 1 - below(4))) : dayAt(day);
      const amount = `${1 + below(900)}.${10 + below(90)}`;
      const what = below(11);
      if (what < 5) events.push(`${ref},L${k},repayment,${late},${amount},,`);
      else if (what === 5) events.push(`${ref},L${k},waiver,${dayAt(day)},${amount},interest,`);
      else if (what === 6) events.push(`${ref},L${k},fee,${dayAt(day)},${amount},fee,`);
      else if (what === 7) events.push(`${ref},L${k},repayment,${dayAt(day)},9999.00,,`);
      else if (refs.length > 0 && what < 10) {
        const of = refs[below(refs.length)]!;
        events.push(`${ref},L${of.split('-')[1]},reversal,${dayAt(day)},,,${of}`);
        continue;
      } else continue;
      refs.push(ref);
    }
    await book.events(...events);
    await book.close(dayAt(day), workers);
  }
  return hands;
}

/** Of a total by the page, anew: r(total x part / sum) for all but the last, which has the rest. */
function naiveShares(plan: string, component: number, total: number): Record<string, number> {
  const parts = component === 4 ? { OWN: 1 } : PLANS[plan]!;
  const named = Object.entries(parts).filter(([, part]) => part > 0);
  const sum = named.reduce((all, [, part]) => all + part, 0);
  let rest = total;
  const shares: Record<string, number> = {};
  for (const [at, [party, part]] of named.entries()) {
    const size = (2 * Math.abs(total) * part + sum) / (2 * sum);
    const share = at === named.length - 1 ? rest : Math.sign(total) * Math.floor(size);
    rest -= share;
    shares[party] = share;
  }
  return shares;
}

/** What went out of the loans by day and component, from the allocations. */
const MOVED = `SELECT l.loan_no, a.business_date::text AS day, a.component,
    sum(a.amount)::bigint AS amount
  FROM allocation a JOIN loan l USING (bucket, loan_id)
  WHERE a.kind IN (line_paid(), line_waived(), line_returned()) AND a.component < 5
  GROUP BY 1, 2, 3 ORDER BY 2`;
const ITEMS = `SELECT l.loan_no, i.business_date::text AS day, i.party, sum(i.principal)::bigint AS c0,
    sum(i.interest)::bigint AS c1, sum(i.penalty)::bigint AS c2, sum(i.compound)::bigint AS c3,
    sum(i.fee)::bigint AS c4
  FROM funding_item i JOIN loan l USING (bucket, loan_id) WHERE i.kind <> movement_disbursement()
  GROUP BY 1, 2, 3`;
const STANDS = `SELECT l.loan_no, p.business_date::text AS day, p.principal,
    p.interest_accrued + p.interest_due AS interest, p.penalty_due AS penalty, p.fee_due AS fee
  FROM position p JOIN loan l USING (bucket, loan_id) ORDER BY 2`;

describe('loans that change hands', () => {
  it('are shared by a model made from the page, before and behind', {
    timeout: 600_000,
  }, async () => {
    const book = await opened();
    const hands = await live(book, 11);
    expect(await book.rows('SELECT DISTINCT reason FROM held_loan')).toEqual([]);
    expect(await reconcileGl(book.client, { everyLoan: true })).toMatchObject({
      ...{ ok: true, accountBreaks: [], loanBreaks: [] },
    });
    for await (const row of (await subledger(book.client, {})).tables[0]!.rows) void row;
    expect((await checkChain(book.client, {})).broken).toEqual([]);
    await holdToModel(book, hands);
  });

  it('have the same days with one worker and with four', { timeout: 600_000 }, async () => {
    const [one, four] = [await opened(), await opened()];
    await live(one, 5, 1, 5);
    await live(four, 5, 4, 5);
    const hashes = `SELECT business_date AS day, encode(content_hash, 'hex') AS hash FROM sealed_day
      ORDER BY business_date`;
    expect(await four.rows(hashes)).toEqual(await one.rows(hashes));
  });
});

async function opened(): Promise<JointBook> {
  const plans = Object.entries(PLANS)
    .filter(([code]) => code !== 'own')
    .map(([code, parts]) => ({
      ...{ code, version: 1, effective_from: '2026-01-01' },
      parties: Object.entries(parts).map(([party, part]) => ({
        party,
        part,
        own: party === 'OWN',
      })),
      ...FEES[code],
    }));
  const book = await jointBook(plans, DAILY, ['P1', 'SPV1']);
  books.push(book);
  return book;
}

/** What each party had of every day, and has at its close, against the naive model. */
async function holdToModel(book: JointBook, hands: Hands): Promise<void> {
  const moved = await book.rows(MOVED);
  const items = await book.rows(ITEMS);
  const stands = await book.rows(STANDS);
  const totals = await book.rows(
    `SELECT business_date::text AS day, sum(partner_principal)::bigint AS principal,
       sum(partner_interest)::bigint AS interest FROM subledger_total GROUP BY 1`,
  );
  const partners = new Map<string, { principal: number; interest: number }>();
  let differing = 0;
  for (const [loanNo, spans] of hands) {
    const out = [0, 0, 0, 0, 0];
    let starts = [...out];
    for (let day = 0; day <= DAYS; day += 1) {
      const on = dayAt(day);
      const span = spans.findLast((each) => each.day <= day)!;
      if (span.day === day) starts = [...out];
      const before = [...out];
      for (const row of moved) {
        if (row.loan_no === loanNo && row.day === on)
          out[Number(row.component)]! += Number(row.amount);
      }
      const standing = stands.find((row) => row.loan_no === loanNo && row.day === on);
      const balances = ['principal', 'interest', 'penalty', '', 'fee'].map((key) =>
        Number(standing?.[key] ?? 0),
      );
      const sums = partners.get(on) ?? { principal: 0, interest: 0 };
      partners.set(on, sums);
      for (const party of ['P1', 'SPV1']) {
        const item = items.find(
          (row) => row.loan_no === loanNo && row.day === on && row.party === party,
        );
        for (let c = 0; c < 5; c += 1) {
          const share = (total: number) =>
            naiveShares(span.plan, c, total - starts[c]!)[party] ?? 0;
          expect(Number(item?.[`c${c}`] ?? 0), `${loanNo} ${on} ${party} ${c}`).toBe(
            share(out[c]!) - share(before[c]!),
          );
          if (share(out[c]!) !== share(before[c]!)) differing += 1;
          const stood = share(out[c]! + balances[c]!) - share(out[c]!);
          if (balances.every((balance) => balance === 0)) expect(stood).toBe(0);
          sums[c === 0 ? 'principal' : 'interest'] += stood;
        }
      }
    }
  }
  expect(differing).toBeGreaterThan(100);
  for (const { day, principal, interest } of totals) {
    const { principal: p, interest: i } = partners.get(String(day))!;
    expect([day, Number(principal), Number(interest)]).toEqual([day, p, i]);
  }
}
