import { afterAll, describe, expect, it } from 'vitest';
import { checkChain } from '../../../../src/jobs/day/proof/check-chain.js';
import { reconcileGl } from '../../../../src/jobs/ledger/reconcile-gl.js';
import { subledger } from '../../../../src/jobs/ledger/subledger.js';
import { dayAt, type JointBook, jointBook } from './joint-book.js';

const OWN_ALONE = {
  ...{ code: 'OWN-1', version: 1, effective_from: '2026-01-01' },
  parties: [{ party: 'OWN', part: 1, own: true }],
};
const JOINT = {
  ...{ code: 'JL', version: 1, effective_from: '2026-01-01' },
  parties: [
    { party: 'OWN', part: 30, own: true },
    { party: 'P1', part: 70 },
  ],
  service_fee: [{ from: 'P1', of: ['interest', 'penalty'], rate: '0.25', vat: '0.06' }],
};
/** Thirds, the lender in the middle of them, its penalty and fees its own; one of fixed yield. */
const THREE = {
  ...{ code: 'T3', version: 1, effective_from: '2026-01-01', tail: 'OWN' },
  parties: [
    { party: 'P1', part: 1 },
    { party: 'OWN', part: 1, own: true },
    { party: 'P2', part: 1, rate: '0.072' },
  ],
  components: { penalty: { OWN: 1 } },
  service_fee: [{ from: 'P1', of: ['interest'], rate: '0.1', vat: '0' }],
};

const books: JointBook[] = [];
async function opened(plans: readonly object[], product = ''): Promise<JointBook> {
  const book = await jointBook(plans, product);
  books.push(book);
  return book;
}
afterAll(async () => {
  for (const book of books) await book.remove();
});

const DAILY = `repayment: {method: equal_principal, interval: {every: 1, unit: day}}
penalty: {rate: {annual: 0.27}}
allocation: {early_payment: hold}
`;
const DAYS = 10;

/** A seeded stream of whole numbers below `n`. */
function seeded(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return Math.floor((state / 2 ** 31) * n);
  };
}

const LOANS = 24;

/**
 * Repayments, waivers, fees, refunds, write-offs with recoveries, reversals and late events on loans
 * that fall due every day. Events that a loan's state refuses are rejected by the close.
 */
async function liveThrough(
  book: JointBook,
  plans: readonly string[],
  days = DAYS,
  workers = 1,
): Promise<void> {
  const below = seeded(7);
  const rows = Array.from({ length: LOANS }, (_, k) => {
    const principal = (3_333.33 + 77.77 * k).toFixed(2);
    return `L${k},P,${principal},0.36,${6 + (k % 4)},${dayAt(0)},${plans[k % plans.length]}`;
  });
  await book.loans(rows);
  await book.close(dayAt(0), workers);
  const refs: string[] = [];
  for (let day = 1; day <= days; day += 1) {
    const events: string[] = [];
    for (let k = 0; k < LOANS; k += 1) {
      const ref = `E${day}-${k}`;
      const late = below(4) === 0 ? dayAt(Math.max(1, day - 1 - below(3))) : dayAt(day);
      const amount = `${1 + below(900)}.${10 + below(90)}`;
      const what = below(12);
      const put = (type: string, on: string, more = '') =>
        events.push(`${ref},L${k},${type},${on},${amount},${more}`);
      if (what < 5) put('repayment', late, ',');
      else if (what === 5) put('waiver', dayAt(day), 'interest,');
      else if (what === 6) put('waiver', dayAt(day), 'principal,');
      else if (what === 7) put('fee', dayAt(day), 'fee,');
      else if (what === 8 && k % 6 === 1) put('merchant_refund', dayAt(day), ',');
      else if (what === 9 && k % 8 === 3) events.push(`${ref},L${k},write_off,${dayAt(day)},,,`);
      else if (what === 10 && k % 8 === 3) put('recovery', dayAt(day), ',');
      else if (refs.length > 0 && below(2) === 0) {
        const of = refs[below(refs.length)]!;
        events.push(`${ref},L${of.split('-')[1]},reversal,${dayAt(day)},,,${of}`);
        continue;
      } else continue;
      refs.push(ref);
    }
    await book.events(...events);
    await book.close(dayAt(day), workers);
  }
}

const HASHES = `SELECT business_date AS day, encode(chain_hash, 'hex') AS hash FROM sealed_day
  ORDER BY business_date`;

describe('a book of joint loans', () => {
  it('ties every day, and owes the partners what its items say', { timeout: 400_000 }, async () => {
    const book = await opened([JOINT, THREE], DAILY);
    await liveThrough(book, ['JL', 'T3', '']);
    expect(await book.rows('SELECT DISTINCT reason FROM held_loan')).toEqual([]);
    // Ledger, seal and rows tie once more, group by group, and so does each account by loan.
    expect(await reconcileGl(book.client, { everyLoan: true })).toMatchObject({
      ok: true,
      accountBreaks: [],
      loanBreaks: [],
    });
    const byLoan = await subledger(book.client, {});
    const codes = new Set<unknown>();
    for await (const row of byLoan.tables[0]!.rows) codes.add(row.account);
    expect([...codes]).toEqual(expect.arrayContaining(['1303.01', '7201.01', '7201.02']));
    // A fen of an item that was changed is found, and nothing else.
    expect((await checkChain(book.client, {})).broken).toEqual([]);
    await book.asOwner(`UPDATE funding_item SET interest = interest + 1 WHERE (bucket, loan_id,
      business_date, place) = (SELECT bucket, loan_id, business_date, place FROM funding_item
        ORDER BY business_date DESC, loan_id LIMIT 1)`);
    const { broken } = await checkChain(book.client, {});
    expect(broken.flatMap(({ differences }) => differences.map(({ place }) => place))).toEqual([
      expect.stringContaining('funding_item of task'),
    ]);
    // Every kind of movement came by.
    const kinds = await book.rows(
      'SELECT DISTINCT kind FROM journal_line WHERE kind < kind_tax() ORDER BY kind',
    );
    expect(kinds.map(({ kind }) => kind)).toEqual(
      expect.arrayContaining([0, 2, 3, 4, 6, 9, 10, 11, 13, 14, 16]),
    );
    // The account of what is owed, by date, against the items.
    expect(
      await book.rows(
        `SELECT d.business_date AS day, p.balance, o.owed FROM sealed_day d
         CROSS JOIN LATERAL (SELECT coalesce(sum(balance), 0)::bigint AS balance FROM gl_balance
           JOIN account USING (account_id)
           WHERE code = '2241.03' AND business_date = d.business_date) AS p
         CROSS JOIN LATERAL (
           SELECT coalesce(sum(CASE WHEN kind IN (movement_repayment(), movement_suspense_use(),
               movement_merchant_refund(), movement_recovery())
             THEN principal + interest + penalty + compound + fee ELSE 0 END - service_fee), 0)
             ::bigint AS owed
           FROM funding_item i WHERE i.business_date <= d.business_date) AS o
         WHERE p.balance <> 0 - o.owed`,
      ),
    ).toEqual([]);
    // Items of a movement sum to what the memorandum has of it: own and others' are the whole.
    expect(
      await book.rows(
        `SELECT t.business_date FROM subledger_total t JOIN accounting_group g USING (group_id)
         WHERE g.plan_id IS NOT NULL AND (own_principal + partner_principal <> principal
           OR own_interest_accrued + own_interest_due + own_penalty_due + own_compound_due
             + own_fee_due + partner_interest <> interest_accrued + interest_due + penalty_due
             + compound_due + fee_due)
           AND NOT EXISTS (SELECT FROM position p WHERE p.business_date = t.business_date
             AND p.group_id = t.group_id AND p.status = status_written_off())`,
      ),
    ).toEqual([]);
  });

  it('has the same days with one worker and with four', { timeout: 600_000 }, async () => {
    const one = await opened([JOINT, THREE], DAILY);
    const four = await opened([JOINT, THREE], DAILY);
    await liveThrough(one, ['JL', 'T3'], 4);
    await liveThrough(four, ['JL', 'T3'], 4, 4);
    expect(await four.rows(HASHES)).toEqual(await one.rows(HASHES));
  });

  it('of a plan of the lender alone is a book without plans', { timeout: 600_000 }, async () => {
    const without = await opened([], DAILY);
    const alone = await opened([OWN_ALONE], DAILY);
    await liveThrough(without, [''], 4);
    await liveThrough(alone, ['OWN-1'], 4);
    expect(await alone.rows(HASHES)).toEqual(await without.rows(HASHES));
  });
});
