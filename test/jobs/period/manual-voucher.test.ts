import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { checksBesideHash } from '../../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { trialBalance } from '../../../src/jobs/ledger/trial-balance.js';
import { closePeriod } from '../../../src/jobs/period/close-period.js';
import { approveVoucher, rejectVoucher } from '../../../src/jobs/period/decide-voucher.js';
import { importVouchers, listVouchers } from '../../../src/jobs/period/manual-voucher.js';
import { type ImportBook, importBook } from '../../support/import-book.js';

const HEADER = 'voucher_no,date,account,debit,credit,memo';
let book: ImportBook;
let number = 0;
beforeAll(async () => {
  book = await importBook();
});
afterAll(() => book?.remove());
beforeEach(() => {
  number += 1;
});

const bring = (...lines: readonly string[]) =>
  importVouchers(book.client, { file: book.file(`v${number}.csv`, ...lines), by: 'Li Na' });

async function bringOne(no: string, date = '2026-03-28'): Promise<number> {
  const rows = [`${no},${date},1012.01,100.50,,bank fee`, `${no},${date},1012.02,,100.50,`];
  expect(await bring(HEADER, ...rows)).toMatchObject({
    vouchers: 1,
    debits: 10_050n,
    problems: [],
  });
  const { vouchers } = await listVouchers(book.client, false);
  return vouchers.find(({ voucherNo }) => voucherNo === no)!.id;
}

describe('a file of manual vouchers', () => {
  it.each([
    ['V,2026-03-28,9999.99,1.00,,x', 'account', 'unknown_account', '9999.99'],
    ['V,2026-03-28,1303.01,1.00,,x', 'account', 'account_has_subledger', '1303.01'],
    ['V,2026-03-29,1012.01,1.00,,x', 'date', 'date_after_open_day', '2026-03-29'],
    ['V,2026-03-27,1012.01,1.00,,x', 'date', 'date_before_book', '2026-03-27'],
    ['V,28.03.2026,1012.01,1.00,,x', 'date', 'malformed_date', '28.03.2026'],
    ['V,2026-03-28,1012.01,1.005,,x', 'debit', 'malformed_amount', '1.005'],
    ['V,2026-03-28,1012.01,,-1.00,x', 'credit', 'malformed_amount', '-1.00'],
    ['V,2026-03-28,1012.01,1.00,1.00,x', 'debit', 'not_one_side', '100/100'],
    ['V,2026-03-28,1012.01,,,x', 'debit', 'not_one_side', '0/0'],
    ['V,2026-03-28,1012.01,1.00,,', 'memo', 'memo_missing', ''],
    [',2026-03-28,1012.01,1.00,,x', 'voucher_no', 'voucher_no_missing', ''],
    ['V,2026-03-28,1012.01,1.00', '', 'wrong_number_of_fields', '4'],
  ])('is refused as a whole, with line, rule and value: %s', async (line, field, rule, value) => {
    const good = ['G,2026-03-28,1012.01,1.00,,x', 'G,2026-03-28,1012.02,,1.00,x'];
    const found = await bring(HEADER, ...good, line);
    expect(found).toMatchObject({ vouchers: 0, problems: [{ line: 4, field, rule, value }] });
    expect(await book.rows('SELECT FROM manual_voucher')).toEqual([]);
  });

  it('is refused where a voucher does not balance', async () => {
    const found = await bring(
      HEADER,
      'A,2026-03-28,1012.01,1.00,,x',
      'B,2026-03-28,1012.01,2.00,,x',
      'A,2026-03-28,1012.02,,1.00,x',
      'B,2026-03-28,1012.02,,1.99,x',
    );
    const value = 'B: debits less credits 1';
    expect(found.problems).toMatchObject([{ line: 3, rule: 'voucher_not_balanced', value }]);
  });

  it('with other columns is refused', async () => {
    await expect(bring('voucher_no,date,account,amount')).rejects.toMatchObject({
      code: 'columns_differ',
    });
  });

  it('comes once, and so does a number, until it is rejected', async () => {
    const id = await bringOne('ONCE');
    await expect(
      importVouchers(book.client, { file: `${book.folder}/v${number}.csv`, by: 'Wang' }),
    ).rejects.toMatchObject({ code: 'already_imported', evidence: { by: 'Li Na' } });
    // By the same person it is the same command once more.
    const file = `${book.folder}/v${number}.csv`;
    expect(await importVouchers(book.client, { file, by: 'Li Na' })).toMatchObject({
      outcome: 'unchanged',
      rows: 2,
      vouchers: 1,
      problems: [],
    });
    const renamed = join(book.folder, 'renamed.csv');
    copyFileSync(file, renamed);
    await expect(importVouchers(book.client, { file: renamed, by: 'Li Na' })).rejects.toMatchObject(
      { code: 'already_imported' },
    );
    number += 1;
    const again = ['ONCE,2026-03-28,1012.01,7.00,,x', 'ONCE,2026-03-28,1012.02,,7.00,x'];
    const found = await bring(HEADER, ...again);
    expect(found.problems[0]).toMatchObject({ line: 2, rule: 'voucher_exists', value: 'ONCE' });
    const reject = (by: string, reason: string) => rejectVoucher(book.client, { id, by, reason });
    await expect(reject('Wang', '')).rejects.toMatchObject({ code: 'reason_missing' });
    await expect(reject('Li Na', 'x')).rejects.toMatchObject({ code: 'maker_is_checker' });
    expect(await reject('Wang', 'wrong amount')).toMatchObject({ outcome: 'decided' });
    expect(await reject('Wang', 'wrong amount')).toMatchObject({ outcome: 'unchanged' });
    await expect(reject('Wang', 'another')).rejects.toMatchObject({ code: 'voucher_decided' });
    expect((await bring(HEADER, ...again)).problems).toEqual([]);
  });
});

describe('an approval', () => {
  it('needs another person, comes once, and takes the voucher into the open day', async () => {
    const id = await bringOne('PAY-1');
    const approve = (by: string) => approveVoucher(book.client, { id, by });
    await expect(approve('Li Na')).rejects.toMatchObject({ code: 'maker_is_checker', exitCode: 2 });
    expect(await book.rows('SELECT FROM entry')).toEqual([]);
    expect(await approve('Wang')).toMatchObject({ status: 'approved', postedOn: '2026-03-28' });
    expect(await approve('Wang')).toMatchObject({ outcome: 'unchanged', postedOn: '2026-03-28' });
    await expect(approve('Zhao')).rejects.toMatchObject({ code: 'voucher_decided' });
    const reject = rejectVoucher(book.client, { id, by: 'Wang', reason: 'x' });
    await expect(reject).rejects.toMatchObject({ code: 'voucher_decided' });
    await expect(approveVoucher(book.client, { id: 999, by: 'Z' })).rejects.toMatchObject({
      code: 'unknown_voucher',
    });
    const entries = await book.rows('SELECT source, reference, maker, checker FROM entry');
    const entry = { source: 'manual', reference: 'PAY-1', maker: 'Li Na', checker: 'Wang' };
    expect(entries).toEqual([entry]);
  });

  it('is posted by the close of the day', async () => {
    await closeDays(book.database.target, { workers: 1, tasks: 1 });
    const { lines } = await trialBalance(book.client);
    const closing = Object.fromEntries(lines.map((line) => [line.account, line.closing]));
    expect(closing).toMatchObject({ '1012.01': '100.50', '1012.02': '-100.50' });
  });

  it('and a file are refused once the period of the voucher is closed', async () => {
    const id = await bringOne('LATE-1', '2026-03-29');
    const options = { workers: 1, tasks: 1, through: parseDay('2026-03-31')! };
    await closeDays(book.database.target, options);
    await closePeriod(book.client, { name: '2026-03', by: 'Zhao', checksOf: checksBesideHash });
    await expect(approveVoucher(book.client, { id, by: 'Wang' })).rejects.toMatchObject({
      code: 'closed_period',
      evidence: { date: '2026-03-29', period: '2026-03' },
    });
    number += 1;
    const found = await bring(HEADER, 'X,2026-03-31,1012.01,1.00,,x');
    expect(found.problems).toMatchObject([{ line: 2, rule: 'closed_period', value: '2026-03-31' }]);
  });
});
