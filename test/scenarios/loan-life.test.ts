import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type pg from 'pg';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseDay } from '../../src/accounting/calendar/epoch-day.js';
import { parseAmount } from '../../src/accounting/money/amount-text.js';
import { connect } from '../../src/db/connect.js';
import { applyLedger } from '../../src/jobs/book/apply-dated.js';
import { applyProduct } from '../../src/jobs/book/apply-product.js';
import { createBook } from '../../src/jobs/book/create-book.js';
import { checkDay } from '../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../src/jobs/import/import-events.js';
import { importLoans } from '../../src/jobs/import/import-loans.js';
import type { EntrySource } from '../../src/jobs/ledger/entry.js';
import { trialBalance } from '../../src/jobs/ledger/trial-balance.js';
import { packageRoot } from '../../src/package-root.js';
import { practiceCase } from '../accounting/product/practice-cases.js';
import { type TestDatabase, testDatabase } from '../support/database.js';
import { ownEntry } from '../support/own-entry.js';

const HEADER = 'ref,loan_no,type,value_date,amount';

let database: TestDatabase;
let client: pg.Client;
let folder: string;

beforeEach(async () => {
  database = await testDatabase();
  client = await connect(database.target);
  folder = mkdtempSync(join(tmpdir(), 'loanbook-life-'));
  await createBook(client, {
    entity: 'T',
    currency: 'CNY',
    firstBusinessDate: parseDay('2026-01-15')!,
    calendar: 'cn',
  });
});

afterEach(async () => {
  await client.end();
  await database.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function lend(product: string, loan: string): Promise<void> {
  await applyProduct(client, product, 'test');
  const file = join(folder, 'loans.csv');
  writeFileSync(file, `loan_no,product,principal,rate,periods,disbursed_on\n${loan}\n`);
  await importLoans(client, { file });
}

async function event(type: string, day: string, amount: string): Promise<void> {
  const file = join(folder, `${type}-${day}.csv`);
  writeFileSync(file, `${HEADER}\n${type}-${day},L1,${type},${day},${amount}\n`);
  await importEvents(client, { file });
}

async function entry(
  source: EntrySource,
  reference: string,
  ...lines: [account: string, amount: number][]
): Promise<void> {
  const made = lines.map(([account, amount]) => ({ account, amount }));
  const one = { source, reference, memo: reference, maker: 'a', lines: made };
  await ownEntry(client, one);
}

async function closeThrough(day: string): Promise<void> {
  await closeDays(database.target, { through: parseDay(day)!, workers: 1, tasks: 1 });
}

/** Accounts with a balance at the close of the last sealed day, debit positive. */
async function balances(): Promise<Record<string, string>> {
  const { lines, totals } = await trialBalance(client);
  expect(totals.balanced).toBe(true);
  return Object.fromEntries(
    lines.flatMap(({ account, closing }) => (closing === '0.00' ? [] : [[account, closing]])),
  );
}

describe('the ledger of one loan', () => {
  // 12,000.00 at 12% a year: 4.00 a day, 120.00 a month at most; no penalty; due on the 15th.
  // The tax within x is x - x/1.06, rounded: 0.23 of 4, 0.45 of 8, 6.79 of 120, 7.02 of 124,
  // 27.62 of 488, 5.66 of 100, 16.98 of 300.
  it('through its whole life is what the hand says', async () => {
    const terms = '{method: interest_only, periods: 12}\npenalty: {rate: {multiple: 0}}';
    await lend(
      `code: LIFE\neffective_from: 2026-01-01\nrepayment: ${terms}\n`,
      'L1,LIFE,12000.00,0.12,12,2026-01-15',
    );
    const lent = { '1303.01': '12000.00', '1012.01': '-12000.00' };

    // Disbursed; the first night: 4.00, of which 0.23 is tax that is not owed yet.
    await closeThrough('2026-01-15');
    expect(await balances()).toEqual({
      ...lent,
      '1132.01': '4.00',
      '6011.01': '-3.77',
      '2221.02': '-0.23',
    });

    // Thirty nights, and a 31st that adds nothing: 120.00 with a tax of 6.79.
    await closeThrough('2026-02-14');
    expect(await balances()).toEqual({
      ...lent,
      '1132.01': '120.00',
      '6011.01': '-113.21',
      '2221.02': '-6.79',
    });

    // Due, and 100.00 of it paid: the tax of 120.00 is owed; one night of the next period.
    await event('repayment', '2026-02-15', '100.00');
    await closeThrough('2026-02-15');
    expect(await balances()).toEqual({
      ...lent,
      '1012.02': '100.00',
      '1132.01': '4.00',
      '1132.02': '20.00',
      '6011.01': '-116.98',
      '2221.01': '-6.79',
      '2221.02': '-0.23',
    });

    // 90 days late: three more instalments fell due, two nights of the fifth: 488.00 of income.
    await closeThrough('2026-05-16');
    expect(await balances()).toEqual({
      ...lent,
      '1012.02': '100.00',
      '1132.01': '8.00',
      '1132.02': '380.00',
      '6011.01': '-460.38',
      '2221.01': '-27.17',
      '2221.02': '-0.45',
    });

    // 91 days: 392.00 leave the balance sheet with their tax; what was received, 100.00, remains.
    await closeThrough('2026-05-17');
    const received = { ...lent, '1012.02': '100.00', '6011.01': '-94.34', '2221.01': '-5.66' };
    expect(await balances()).toEqual({ ...received, '7101.01': '392.00', '7101.99': '-392.00' });

    // 200.00 received are income now, and taxed; three nights of 4.00 off the balance sheet.
    await event('repayment', '2026-05-20', '200.00');
    await closeThrough('2026-05-20');
    const later = { ...lent, '1012.02': '300.00', '6011.01': '-283.02', '2221.01': '-16.98' };
    expect(await balances()).toEqual({ ...later, '7101.01': '204.00', '7101.99': '-204.00' });

    // Impairment of 9,000.00; five more nights.
    await closeThrough('2026-05-24');
    await entry('impairment', 'first', ['6702.01', 900_000], ['1304.01', -900_000]);
    await closeThrough('2026-05-25');
    expect(await balances()).toEqual({
      ...later,
      '6702.01': '9000.00',
      '1304.01': '-9000.00',
      '7101.01': '224.00',
      '7101.99': '-224.00',
    });

    // Written off with six more nights (248.00), after 3,000.00 more of impairment (as in E8).
    await closeThrough('2026-05-31');
    await entry('impairment', 'rest', ['6702.01', 300_000], ['1304.01', -300_000]);
    await event('write_off', '2026-06-01', '');
    await closeThrough('2026-06-01');
    const { '1303.01': _lent, ...written } = { ...later, '6702.01': '12000.00' };
    expect(await balances()).toEqual({
      ...written,
      '7102.01': '12248.00',
      '7102.99': '-12248.00',
    });

    // 500.00 recovered: back into the allowance, off the written-off assets.
    await event('recovery', '2026-06-05', '500.00');
    await closeThrough('2026-06-05');
    expect(await balances()).toEqual({
      ...written,
      '1012.02': '800.00',
      '1304.01': '-500.00',
      '7102.01': '11748.00',
      '7102.99': '-11748.00',
    });
    const { checks } = await checkDay(client, []);
    expect(checks.filter((check) => !check.ok)).toEqual([]);
  }, 300_000);

  it('E10: over the first period of A1, with tax and the clearing of its channel', async () => {
    const { input, expected } = practiceCase(
      'E10',
      z.object({ channelFee: z.string() }),
      z.object({
        accrualNetTotal: z.string(),
        accrualVatTotal: z.string(),
        trialBalance: z.record(z.string(), z.string()),
      }),
    );

    await lend('code: A1\neffective_from: 2026-01-01\n', 'L1,A1,10000.00,0.18,12,2026-01-15');
    await closeThrough('2026-01-15');
    await entry('channel', 'out', ['1012.01', 1_000_000], ['1002.01', -1_000_000]);
    await closeThrough('2026-02-13');
    // Thirty nights: the case stops accruing when the period's interest is reached.
    expect(await balances()).toMatchObject({
      '1132.01': '150.00',
      '6011.01': `-${expected.accrualNetTotal}`,
      '2221.02': `-${expected.accrualVatTotal}`,
    });
    await event('repayment', '2026-02-15', '916.80');
    await closeThrough('2026-02-15');
    const fee = parseAmount(input.channelFee, 2)!;
    await entry('channel', 'in', ['1002.01', 91_680 - fee], ['6421.01', fee], ['1012.02', -91_680]);
    await closeThrough('2026-02-16');
    // Beyond the case: two nights of the second period, 9,233.20 * 18% / 360 * 2 = 9.23, with a tax
    // of 0.52 that waits (9.23 - 8.71) and 0.01 less in the running total of 159.23 (150.22 net).
    const codes: Record<string, string> = {
      '贷款-正常本金': '1303.01',
      银行存款: '1002.01',
      利息收入: '6011.01',
      '应交税费-应交增值税(销项)': '2221.01',
      手续费支出: '6421.01',
    };
    const wanted = Object.fromEntries(
      Object.entries(expected.trialBalance).map(([name, amount]) => [codes[name] ?? name, amount]),
    );
    const found = await balances();
    expect(found).toEqual({
      ...wanted,
      '6011.01': '-150.22',
      '1132.01': '9.23',
      '2221.02': '-0.52',
    });
  });

  it('that begins to be taxed defers the tax of what is not due yet', async () => {
    const packaged = readFileSync(join(packageRoot, 'config/ledger.yaml'), 'utf8');
    const [untaxed = '', tax = ''] = packaged.split(/^tax:$/m);
    const at = (day: string, text: string): string => text.replace('2000-01-01', day);
    await applyLedger(client, at('2026-01-15', untaxed), 'untaxed');
    await applyLedger(client, at('2026-02-01', `${untaxed}tax:${tax}`), 'taxed');
    const terms = '{method: interest_only, periods: 12}';
    await lend(
      `code: LIFE\neffective_from: 2026-01-01\nrepayment: ${terms}\n`,
      'L1,LIFE,12000.00,0.12,12,2026-01-15',
    );
    // Seventeen nights of 4.00 before, one with the tax: 4.08 within 72.00 (72 - 67.92).
    await closeThrough('2026-01-31');
    expect(await balances()).toMatchObject({ '1132.01': '68.00', '6011.01': '-68.00' });
    await closeThrough('2026-02-01');
    expect(await balances()).toMatchObject({ '6011.01': '-67.92', '2221.02': '-4.08' });
    // Due: 120.00 with 6.79, and a night of 4.00 with 0.23.
    await closeThrough('2026-02-15');
    expect(await balances()).toMatchObject({ '2221.01': '-6.79', '2221.02': '-0.23' });
  });
});
