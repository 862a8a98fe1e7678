import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { UPGRADE_FIXTURES } from './dumped-book.js';
import { UpgradedBook } from './upgraded-book.js';

/**
 * A small book of every level of migrations on which the program closed days, as the last version
 * of that level left it (scripts/make-level-book.js): five days closed, February closed, two events
 * that came late, a reversal, two breaks. 0016, 0017 and 0019 to 0022 stood on no version that did.
 */
const LEVELS = readdirSync(UPGRADE_FIXTURES)
  .map((name) => /^(level-\d{4})\.sql\.gz$/.exec(name)?.[1])
  .filter((name) => name !== undefined)
  .sort();
/** The first level with statements to reconcile, so with breaks. */
const FIRST_WITH_BREAKS = 'level-0014';

/**
 * By hand, at the close of 2026-03-03. An instalment at 12% is 1066.19, its first interest 120.00
 * and a night of penalty 0.05% of the principal open; at 18% it is 1100.16, 180.00 and 0.075%. BACK:
 * its payment was reversed; the instalment of 20 March has not come. FALL: due on the 25th, 600.00
 * came late for the 26th: 0.69 of a night's penalty, 180.00, and 419.31 of principal, of which 500.85
 * are open for six nights. LATE: due on the 27th, 100.00 held paid at once, 500.00 came late for that
 * day: 466.19 are open for five nights. NEWB: six nights of 36,500.00 at 10% over 365 days. PAID: on
 * its day. SOLD: nothing paid since the 28th, four nights of 946.19. ENDS is settled and gone.
 */
const BY_HAND = [
  { loan: 'BACK', principal: 100_000, suspense: 0, interest: 0, penalty: 0 },
  { loan: 'FALL', principal: 1_158_069, suspense: 0, interest: 0, penalty: 225 },
  { loan: 'LATE', principal: 1_152_000, suspense: 0, interest: 0, penalty: 117 },
  { loan: 'NEWB', principal: 3_650_000, suspense: 0, interest: 0, penalty: 0, accrued: 6_000 },
  { loan: 'PAID', principal: 1_105_381, suspense: 0, interest: 0, penalty: 0 },
  { loan: 'SOLD', principal: 1_200_000, suspense: 0, interest: 12_000, penalty: 189 },
];

const CHAIN = 'SELECT business_date AS day, chain_hash AS hash FROM sealed_day ORDER BY 1';
const BALANCES = `SELECT business_date AS day, account_id, group_id, balance FROM gl_balance
  WHERE business_date <= '2026-03-01' ORDER BY 1, 2, 3`;
const POSITIONS = `SELECT loan_no AS loan, p.principal, suspense, interest_due AS interest,
    penalty_due AS penalty, interest_accrued AS accrued
  FROM position p JOIN loan USING (bucket, loan_id)
  WHERE business_date = '2026-03-03' ORDER BY 1`;

it('has a book of each level', () => {
  expect(LEVELS.length).toBeGreaterThanOrEqual(8);
});

describe.each(LEVELS)('a book of %s', (level) => {
  let book: UpgradedBook;
  beforeAll(async () => {
    book = await UpgradedBook.of(level);
  });
  afterAll(() => book.remove());

  it('is migrated with its days, balances, breaks and closed month as they were', async () => {
    const [chain, balances] = [await book.rows(CHAIN), await book.rows(BALANCES)];
    expect(chain).toHaveLength(5);
    await book.json(['db', 'migrate']);
    expect(await book.rows(CHAIN)).toEqual(chain);
    expect(await book.rows(BALANCES)).toEqual(balances);
    expect(await book.json(['check', 'chain'])).toMatchObject({ days: 5, ok: true });
    expect(await book.json(['check'])).toMatchObject({ businessDate: '2026-03-01' });
    const breaks = await book.rows<{ type: string }>('SELECT type FROM recon_break ORDER BY 1');
    expect(breaks).toHaveLength(level < FIRST_WITH_BREAKS ? 0 : 2);
    const months = await book.json<{ periods: object[] }>(['gl', 'period', 'list']);
    expect(months.periods[0]).toMatchObject({ period: '2026-02', status: 'closed' });
  });

  it('closes two days more, with the figures that a hand counts', async () => {
    const { days } = await book.json<{ days: object[] }>(['eod', 'run', '--through', '2026-03-03']);
    expect(days).toMatchObject([
      { businessDate: '2026-03-02', loans: 6, held: 0 },
      { businessDate: '2026-03-03', loans: 6, held: 0 },
    ]);
    expect(await book.rows(POSITIONS)).toMatchObject(BY_HAND);
    expect(await book.json(['check'])).toMatchObject({ businessDate: '2026-03-03' });
    expect(await book.json(['check', 'chain'])).toMatchObject({ days: 7, ok: true });
  });
});
