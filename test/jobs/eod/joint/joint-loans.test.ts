import { afterAll, describe, expect, it } from 'vitest';
import { checkChain } from '../../../../src/jobs/day/proof/check-chain.js';
import { reconcileGl } from '../../../../src/jobs/ledger/reconcile-gl.js';
import { subledger } from '../../../../src/jobs/ledger/subledger.js';
import { type JointBook, jointBook } from './joint-book.js';
import { DAILY, JOINT, liveThrough, THREE } from './lived-book.js';

const OWN_ALONE = {
  ...{ code: 'OWN-1', version: 1, effective_from: '2026-01-01' },
  parties: [{ party: 'OWN', part: 1, own: true }],
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
