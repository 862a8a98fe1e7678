import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { connect, inTransaction } from '../../../src/db/connect.js';
import { applyLedger } from '../../../src/jobs/book/apply-dated.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { addEntries, type NewEntry } from '../../../src/jobs/ledger/entry.js';
import { explainVoucher } from '../../../src/jobs/ledger/explain.js';
import { previewRules } from '../../../src/jobs/ledger/preview-rules.js';
import { trialBalance } from '../../../src/jobs/ledger/trial-balance.js';
import { packageRoot } from '../../../src/package-root.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { ownEntry } from '../../support/own-entry.js';

const day = (text: string): number => parseDay(text)!;
const PACKAGED = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
const MERCHANT = `
  - code: 2202.01
    name: Payable to merchants
    name_zh: 应付商户款-受托支付
    class: liability
    normal_side: credit
`;
/** Loans of EDU are paid out to a merchant: what is owed to it instead of money in transit. */
const TO_MERCHANT = `
  - on: disbursement
    balance: principal_normal
    state: any
    product: EDU
    post: [{debit: 1303.01, credit: 2202.01}]
`;

function ledgerFrom(date: string, rule = ''): string {
  return PACKAGED.replace('2000-01-01', date)
    .replace('\naccounts:\n', `\naccounts:${MERCHANT}`)
    .replace('\nrules:\n', `\nrules:${rule}\n`);
}

let database: TestDatabase;
let client: pg.Client;
let folder: string;

beforeAll(async () => {
  database = await testDatabase();
  client = await connect(database.target);
  folder = mkdtempSync(join(tmpdir(), 'loanbook-rules-'));
  const firstBusinessDate = day('2026-03-02');
  await createBook(client, { entity: 'T', currency: 'CNY', firstBusinessDate, calendar: 'cn' });
  for (const code of ['CASH', 'EDU']) {
    await applyProduct(client, `code: ${code}\neffective_from: 2026-01-01\n`, 'test');
  }
  const file = join(folder, 'loans.csv');
  const rows = ['2026-03-02', '2026-03-03'].flatMap((on) => [
    `C${on},CASH,1000.00,0.18,12,${on}`,
    `E${on},EDU,500.00,0.18,12,${on}`,
  ]);
  writeFileSync(file, `loan_no,product,principal,rate,periods,disbursed_on\n${rows.join('\n')}\n`);
  await importLoans(client, { file });
  await applyLedger(client, ledgerFrom('2026-03-03', TO_MERCHANT), 'merchants');
  await closeDays(database.target, { through: day('2026-03-03'), workers: 1, tasks: 2 });
});

afterAll(async () => {
  await client.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function closing(date: string, account: string): Promise<string | undefined> {
  const { lines } = await trialBalance(client, day(date));
  return lines.find((line) => line.account === account)?.closing;
}

describe('posting rules', () => {
  it('are those in force on the day, the one for the product before the one for any', async () => {
    // On the 2nd both loans are in transit; from the 3rd the education loan is owed to a merchant.
    expect(await closing('2026-03-02', '1012.01')).toBe('-1500.00');
    expect(await closing('2026-03-02', '2202.01')).toBeUndefined();
    expect(await closing('2026-03-03', '1012.01')).toBe('-2500.00');
    expect(await closing('2026-03-03', '2202.01')).toBe('-500.00');
  });

  it('are named for each line of a voucher, with the loans behind a summary line', async () => {
    const { rows } = await client.query<{ voucher: number; kind: number }>(
      `SELECT j.voucher, j.kind FROM journal_line j JOIN accounting_group g USING (group_id)
         JOIN product_version p USING (product_id)
       WHERE j.business_date = '2026-03-03' AND p.code = 'EDU' AND j.line = 1 AND j.kind IN (0, 2)
       ORDER BY j.kind`,
    );
    const [disbursed, accrued] = rows;
    const found = await explainVoucher(client, day('2026-03-03'), disbursed!.voucher, 10);
    expect(found).toMatchObject({
      movement: 'disbursement',
      loanNo: 'E2026-03-03',
      product: 'EDU',
      because: 'disbursement disbursement, value date 2026-03-03',
    });
    expect(found.lines).toMatchObject([
      { account: '1303.01', debit: '500.00', credit: '' },
      { account: '2202.01', debit: '', credit: '500.00' },
    ]);
    for (const { rules } of found.lines) {
      expect(rules[0]).toMatchObject({
        path: 'rules[0]',
        effectiveFrom: '2026-03-03',
        only: 'EDU',
      });
    }
    // 500.00 at 18% a year is 0.25 a night: the second night of one loan, the first of the other.
    const summary = await explainVoucher(client, day('2026-03-03'), accrued!.voucher, 10);
    expect(summary.lines[0]).toMatchObject({ account: '1132.01', debit: '0.50' });
    expect(summary.loans).toEqual([
      { loanNo: 'E2026-03-02', amount: '0.25' },
      { loanNo: 'E2026-03-03', amount: '0.25' },
    ]);
  });

  it('that are previewed name what they would have changed, and change nothing', async () => {
    const days = { from: day('2026-03-02'), to: day('2026-03-03') };
    const found = await previewRules(client, ledgerFrom('2026-04-01'), 'plain', days);
    expect(found.untold).toEqual([]);
    // Two products and two days, each a disbursement and a night.
    expect(found.postings).toBe(8);
    expect(found.changed).toEqual([
      {
        businessDate: '2026-03-03',
        product: 'EDU',
        org: 'head',
        fundingPlan: 'own',
        movement: 'disbursement',
        of: 'principal_normal, principal_normal (non-accruing)',
        amount: '500.00',
        posted: 'Dr 1303.01 / Cr 2202.01',
        wouldPost: 'Dr 1303.01 / Cr 1012.01',
      },
    ]);
    expect(found.accounts).toEqual([
      { account: '1012.01', difference: '-500.00' },
      { account: '2202.01', difference: '500.00' },
    ]);
    const none = await previewRules(client, ledgerFrom('2026-04-01', TO_MERCHANT), 'same', days);
    expect(none.changed).toMatchObject([{ businessDate: '2026-03-02', amount: '500.00' }]);
    expect(await closing('2026-03-03', '2202.01')).toBe('-500.00');
  });

  it.each([
    ['for a product that is not there', TO_MERCHANT.replace('EDU', 'EDDU'), 'unknown_product'],
    ['across the balance sheet', TO_MERCHANT.replace('2202.01', '7101.01'), 'invalid_document'],
    ['twice for the same loans', TO_MERCHANT + TO_MERCHANT, 'invalid_document'],
  ])('%s are refused', async (_name, rule, code) => {
    const text = ledgerFrom('2026-03-10', rule);
    await expect(applyLedger(client, text, 'test')).rejects.toMatchObject({ code });
    const { rows } = await client.query(
      `SELECT FROM ledger_version WHERE effective_from = '2026-03-10'`,
    );
    expect(rows).toEqual([]);
  });

  it('of a chart that leaves out an account with a balance are refused', async () => {
    const text = PACKAGED.replace('2000-01-01', '2026-03-10');
    await expect(applyLedger(client, text, 'test')).rejects.toMatchObject({
      code: 'account_has_balance',
      evidence: { accounts: '2202.01' },
    });
  });
});

describe('the trial balance of a past day', () => {
  it('prints again to the same bytes, whatever the chart became', async () => {
    const printed = async (): Promise<string> =>
      JSON.stringify(await trialBalance(client, day('2026-03-03')));
    const before = await printed();
    const renamed = ledgerFrom('2026-03-20', TO_MERCHANT)
      .replace('name: Payable to merchants', 'name: Owed to merchants')
      .replace(
        '  - code: 2202.01',
        '  - code: 2202.02\n    name: More\n    name_zh: 其他\n    class: liability\n    normal_side: credit\n  - code: 2202.01',
      );
    await applyLedger(client, renamed, 'renamed');
    const { rows } = await client.query(`SELECT FROM account WHERE name = 'Owed to merchants'`);
    expect(rows).toHaveLength(1);
    expect(await printed()).toBe(before);
  });
});

describe('an entry', () => {
  const entry = (more: Partial<NewEntry>): NewEntry => ({
    source: 'manual',
    reference: 'one',
    memo: 'rent',
    maker: 'li',
    lines: [
      { account: '6421.01', amount: 5 },
      { account: '1002.01', amount: -5 },
    ],
    ...more,
  });
  const add = (more: Partial<NewEntry>): Promise<number> =>
    inTransaction(client, () => addEntries(client, [entry(more)]));

  it('is posted by the close of its day, and explained', async () => {
    expect(await ownEntry(client, entry({ checker: 'wang' }))).toBe(day('2026-03-04'));
    await closeDays(database.target, { workers: 1, tasks: 2 });
    expect(await closing('2026-03-04', '6421.01')).toBe('0.05');
    const { rows } = await client.query<{ voucher: number }>(
      `SELECT voucher FROM journal_line WHERE business_date = '2026-03-04' AND kind = 100`,
    );
    expect(rows).toHaveLength(2);
    const found = await explainVoucher(client, day('2026-03-04'), rows[0]!.voucher, 1);
    expect(found).toMatchObject({
      movement: 'manual',
      because: 'manual one: rent, by li, approved by wang',
    });
  });

  it.each<[string, string, Partial<NewEntry>]>([
    ['that does not balance', 'entry_not_balanced', { lines: [{ account: '1002.01', amount: 1 }] }],
    ['of nothing', 'entry_not_balanced', { lines: [] }],
    [
      'to an account that is not there',
      'unknown_account',
      {
        lines: [
          { account: '9', amount: 1 },
          { account: '1002.01', amount: -1 },
        ],
      },
    ],
    [
      'to an account that loans alone move',
      'account_has_subledger',
      {
        lines: [
          { account: '1303.01', amount: 1 },
          { account: '1002.01', amount: -1 },
        ],
      },
    ],
    ['that was taken before', 'entry_exists', { reference: 'one' }],
  ])('%s is refused', async (_name, code, more) => {
    await expect(add({ reference: 'two', ...more })).rejects.toMatchObject({ code });
    const { rows } = await client.query(`SELECT FROM entry WHERE reference = 'two'`);
    expect(rows).toEqual([]);
  });

  it('is nobody’s to approve alone', async () => {
    await expect(add({ reference: 'own', checker: 'li' })).rejects.toThrow(/entry/);
  });
});
