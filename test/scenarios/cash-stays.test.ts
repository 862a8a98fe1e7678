import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { connect } from '../../src/db/connect.js';
import { applyLedger } from '../../src/jobs/book/apply-dated.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { checkDay } from '../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../src/jobs/import/import-events.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import { subledger } from '../../src/jobs/ledger/subledger.js';
import { customerStatement } from '../../src/jobs/loan/customer-statement.js';
import { showLoan } from '../../src/jobs/loan/show-loan.js';
import { packageRoot } from '../../src/package-root.js';
import { type ScratchBook, scratchBook } from '../support/scratch-book.js';

/** Loans of 36,500.00 at 10% over 365 days: 10.00 a night, 20.00 due every second day. */
const PRODUCT = `code: SALE
effective_from: 2026-01-01
repayment: {method: interest_only, periods: 12, interval: {every: 2, unit: day}}
interest: {basis: 365, period_interest: actual_days}
`;
const POLICY = `effective_from: 2026-01-01
cost_cap: null`;
const LOANS = ['SETTLED', 'PREPAID', 'REFUNDED', 'WAIVED', 'RECOVERED'];
const EVENTS = 'ref,loan_no,type,value_date,business_date,amount,component,of';

/** What was known at the close of each day, in this order. */
const ARRIVALS: Readonly<Record<string, readonly string[]>> = {
  '2026-03-28': ['R,REFUNDED,repayment,2026-03-28,,500.00,,'],
  '2026-03-29': [
    'Z,REFUNDED,suspense_refund,2026-03-29,,500.00,,',
    'W,RECOVERED,write_off,2026-03-29,,,,',
  ],
  '2026-03-30': [
    'R,PREPAID,repayment,2026-03-30,,20.00,,',
    'R,WAIVED,repayment,2026-03-30,,20.00,,',
    'K,RECOVERED,recovery,2026-03-30,,100.00,,',
  ],
  '2026-03-31': [
    'S,SETTLED,settlement,2026-03-31,,,,',
    'P,PREPAID,prepayment,2026-03-31,,1000.00,,',
    'S,WAIVED,settlement,2026-03-31,,,,',
    'X,REFUNDED,reversal,2026-03-31,,,,R',
    'X,RECOVERED,reversal,2026-03-31,,,,W',
  ],
  '2026-04-01': [
    'R,SETTLED,repayment,2026-03-30,2026-04-01,20.00,,',
    'X,PREPAID,reversal,2026-04-01,,,,R',
    'V,WAIVED,waiver,2026-03-30,2026-04-01,5.00,interest,',
    'M,REFUNDED,repayment,2026-04-01,,510.00,,',
  ],
};

async function begin(book: ScratchBook, loans: readonly string[], ledger?: string): Promise<void> {
  const { client } = book;
  const documents = {
    policyFile: book.file('policy.yaml', POLICY),
    ...(ledger === undefined ? {} : { ledgerFile: book.file('ledger.yaml', ledger) }),
  };
  const firstBusinessDate = parseDay('2026-03-28')!;
  const frame = { entity: 'T', currency: 'CNY', firstBusinessDate, calendar: 'none' };
  await createBook(client, { ...frame, ...documents });
  await applyProduct(client, PRODUCT, 'sale');
  const rows = loans.map((loan) => `${loan},SALE,36500.00,0.10,12,2026-03-28`);
  const header = 'loan_no,product,principal,rate,periods,disbursed_on';
  await importLoans(client, { file: book.file('loans.csv', header, ...rows) });
}

/** Imports what arrives on a day and closes it. Returns how many loans are held. */
async function close(book: ScratchBook, day: string, rows: readonly string[]): Promise<number> {
  if (rows.length > 0) {
    await importEvents(book.client, { file: book.file(`${day}.csv`, EVENTS, ...rows) });
  }
  const options = { workers: 1, tasks: 1, through: parseDay(day)! };
  const [closed] = await closeDays(book.database.target, options);
  const { checks } = await checkDay(book.client, []);
  expect(checks.filter((check) => !check.ok)).toEqual([]);
  return closed!.held;
}

/** The balance of an account, debit positive, in minor units. */
async function balanceOf(book: ScratchBook, code: string): Promise<number> {
  const [row] = await book.rows(
    `SELECT coalesce(sum(balance), 0)::bigint AS balance FROM gl_balance JOIN account a
       USING (account_id) WHERE a.code = '${code}'
       AND business_date = (SELECT max(business_date) FROM sealed_day)`,
  );
  return row!.balance as number;
}

describe('money that moved', () => {
  let book: ScratchBook;
  /** The receipts in transit at the close of each day. */
  const cash: Record<string, number> = {};

  beforeAll(async () => {
    book = await scratchBook();
    await begin(book, LOANS);
    for (const [day, rows] of Object.entries(ARRIVALS)) {
      expect(await close(book, day, rows)).toBe(0);
      cash[day] = await balanceOf(book, '1012.02');
      if (day === '2026-03-31') {
        expect(await balanceOf(book, '1221.03')).toBe(50_000);
        const { position } = await showLoan(book.client, 'REFUNDED');
        expect(position).toMatchObject({ suspense: '0.00', refundDue: '500.00' });
      }
    }
  }, 60_000);

  afterAll(() => book?.remove());

  it('stays what it was, whatever is heard of later', () => {
    expect(cash).toEqual({
      '2026-03-28': 50_000,
      // Paid out again.
      '2026-03-29': 0,
      '2026-03-30': 14_000,
      // Settled with 20.00 due, a night of 10.00 and 36,500.00; with the 20.00 paid, 36,510.00.
      // 1,000.00 of principal prepaid with a night on it: 1,000 x 0.10 / 365 = 0.27. The 500.00
      // bounce.
      '2026-03-31': 14_000 + 3_653_000 + 3_651_000 + 100_027 - 50_000,
      // Only what is new: 20.00 and 510.00, and the 20.00 that bounce.
      '2026-04-01': 14_000 + 3_653_000 + 3_651_000 + 100_027 - 50_000 + 2_000 + 51_000 - 2_000,
    });
  });

  it.each([
    // The settlement pays 36,510.00 of its 36,530.00.
    ['SETTLED', { status: 'settled', suspense: '20.00', refundDue: '0.00' }, []],
    // 1,000.27 held from the 31st on; on the due day they pay two rows of 20.00.
    ['PREPAID', { principal: '36500.00', suspense: '960.27' }, ['P voided: due_and_open']],
    // 510.00 pay the 500.00 before the 10.00 of the row of the 30th.
    ['REFUNDED', { suspense: '0.00', refundDue: '0.00', interestDue: '30.00' }, []],
    // 15.00 were due of the row: 5.00 of the 20.00 are held.
    ['WAIVED', { status: 'settled', suspense: '5.00' }, []],
    // A repayment now: 20.00 of the row of the 30th; the 80.00 held pay the row of April 1.
    ['RECOVERED', { status: 'normal', suspense: '60.00', interestDue: '0.00' }, []],
  ])('leaves the loan %s where the page says', async (loanNo, position, rejected) => {
    const shown = await showLoan(book.client, loanNo);
    expect(shown.position).toMatchObject(position);
    const rules = shown.events.flatMap(({ ref, rule }) =>
      rule === null || rule === 'reversed' ? [] : [`${ref} ${rule}`],
    );
    expect(rules).toEqual(rejected);
  });

  it('that is owed back is shown to the customer until it is paid', async () => {
    const { tables } = await customerStatement(book.client, { loanNo: 'REFUNDED' });
    const rows: Record<string, unknown>[] = [];
    for await (const row of tables[1]!.rows) rows.push(row);
    expect(
      rows.map(({ type, amount, refundDue, refundDueBalance }) => ({
        type,
        amount,
        refundDue,
        refundDueBalance,
      })),
    ).toEqual([
      { type: '放款', amount: '36500.00', refundDue: null, refundDueBalance: null },
      { type: '还款', amount: '500.00', refundDue: null, refundDueBalance: null },
      { type: '暂收退还', amount: '500.00', refundDue: null, refundDueBalance: null },
      { type: '更正-暂收退还', amount: null, refundDue: '500.00', refundDueBalance: '500.00' },
      { type: '更正-还款', amount: '-500.00', refundDue: null, refundDueBalance: '500.00' },
      { type: '冲正', amount: null, refundDue: null, refundDueBalance: '500.00' },
      { type: '还款', amount: '510.00', refundDue: '-500.00', refundDueBalance: null },
    ]);
  });

  it('that is owed back is a sub-ledger of its own', async () => {
    const asOf = parseDay('2026-03-31')!;
    const { tables } = await subledger(book.client, { account: '1221.03', asOf });
    const rows: Record<string, unknown>[] = [];
    for await (const row of tables[0]!.rows) rows.push(row);
    expect(rows.map(({ loanNo, balance }) => `${loanNo} ${balance}`)).toEqual([
      'REFUNDED 500.00',
      '合计 total 500.00',
    ]);
  });

  it.each([
    ['a repayment posted with a fen less', `event_outcome SET to_suspense = to_suspense - 1`, 'M'],
    ['a refold that takes a fen', `event_outcome SET allocated = allocated - 1`, 'S'],
    [
      'a line of an event that moves a fen more',
      `journal_line j SET amount = j.amount + 1 FROM account a
         WHERE a.account_id = j.account_id AND a.code = '1012.02' AND`,
      'M',
    ],
  ])('is missed by cash_accounted_for: %s', async (_name, change, ref) => {
    const owner = await connect(book.database.target, { role: 'owner' });
    const where = change.includes(' FROM ') ? '' : 'WHERE';
    await owner.query('BEGIN');
    const { rowCount } = await owner.query(
      `UPDATE ${change} ${where} business_date = '2026-04-01' AND (loan_id, event_id) IN (
         SELECT loan_id, event_id FROM event e JOIN loan l USING (bucket, loan_id)
         WHERE e.ref = '${ref}' AND l.loan_no IN ('REFUNDED', 'SETTLED'))`,
    );
    expect(rowCount).toBeGreaterThan(0);
    const { checks } = await checkDay(owner, ['cash_accounted_for']);
    await owner.end();
    expect(checks[0]).toMatchObject({ ok: false });
  });
});

describe('a ledger without an account for what is owed back', () => {
  const packaged = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
  const older = packaged
    .replace(/ {2}- code: 1221\.03\n(?: {4}.*\n)+/, '')
    .split('\n')
    .filter((line) => !line.includes('1221.03'))
    .join('\n');
  let book: ScratchBook;

  beforeAll(async () => {
    book = await scratchBook();
    await begin(book, ['REFUNDED', 'OTHER'], older);
  }, 30_000);

  afterAll(() => book?.remove());

  it('holds the loan that needs it, and no other', async () => {
    const mine = (day: string) => (ARRIVALS[day] ?? []).filter((row) => row.includes('REFUNDED'));
    expect(await close(book, '2026-03-28', mine('2026-03-28'))).toBe(0);
    expect(await close(book, '2026-03-29', mine('2026-03-29'))).toBe(0);
    expect(await close(book, '2026-03-30', [])).toBe(0);
    expect(await close(book, '2026-03-31', mine('2026-03-31'))).toBe(1);
    const { held } = await showLoan(book.client, 'REFUNDED');
    expect(held?.reason).toContain('refund_due');
  });

  it('closes it once a ledger with the account is applied, the reversal sent again', async () => {
    const next = packaged.replace('effective_from: 2000-01-01', 'effective_from: 2026-04-01');
    await applyLedger(book.client, next, 'ledger');
    expect(await close(book, '2026-04-01', [])).toBe(0);
    expect(await close(book, '2026-04-02', ['X2,REFUNDED,reversal,2026-04-02,,,,R'])).toBe(0);
    const { position } = await showLoan(book.client, 'REFUNDED');
    expect(position).toMatchObject({ refundDue: '500.00', suspense: '0.00' });
    expect(await balanceOf(book, '1221.03')).toBe(50_000);
  });
});
