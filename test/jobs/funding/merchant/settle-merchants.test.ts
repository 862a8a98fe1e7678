import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../../src/accounting/calendar/epoch-day.js';
import { reportPieces } from '../../../../src/files/table-file.js';
import {
  type MerchantStatement,
  merchantStatement,
  reportOfStatement,
} from '../../../../src/jobs/funding/merchant/merchant-statement.js';
import { cancelImport } from '../../../../src/jobs/import/cancel-import.js';
import { applyChannel } from '../../../../src/jobs/reconcile/channel.js';
import { reconcileBank } from '../../../../src/jobs/reconcile/reconcile-bank.js';
import { workedCases } from '../../../support/worked-cases.js';
import { balancesOf, entriesOf, type MerchantBook, merchantBook, yuan } from './merchant-book.js';

interface MerchantCase {
  readonly id: string;
  readonly input: {
    readonly merchant: { readonly code: string };
    readonly orders: readonly { day: string; order_no: string; principal: string }[];
    readonly refunds: readonly {
      day: string;
      refund_no: string;
      order_no: string;
      amount: string;
    }[];
  };
  readonly expected: Readonly<Record<string, unknown>>;
}

const KEPT = `SELECT due_on, gross, fee, subsidy, withheld, refunds, fee_back, subsidy_back,
    released, drawn, carried_in, paid, carried_out
  FROM merchant_settlement WHERE merchant = $1 ORDER BY number`;

let book: MerchantBook;
beforeAll(async () => {
  book = await merchantBook('2026-04-07');
});
afterAll(() => book.remove());

async function kept(merchant: string) {
  const rows = await book.rows(KEPT, [merchant]);
  return rows.map(({ due_on, ...amounts }) => ({
    due_on,
    ...Object.fromEntries(Object.entries(amounts).map(([key, amount]) => [key, yuan(amount)])),
  }));
}

/** O1 and O2 with their refunds, as the page has them: what a book makes of them by hand below. */
const F_H2: MerchantCase = {
  id: 'F-H2',
  input: {
    merchant: {
      code: 'M1',
      ...{ days: 1, minimum: '1.00', receivable_after_days: 7 },
      fee: { rate: '0.01', min: '2.00', max: '9.50' },
      hold_back: { rate: '0.05', release_days: 20 },
    } as { code: string },
    orders: [
      { day: '2026-04-07', order_no: 'O1', principal: '1000.00' },
      { day: '2026-04-08', order_no: 'O2', principal: '100.00' },
    ],
    refunds: [
      { day: '2026-04-08', refund_no: 'F1', order_no: 'O1', amount: '600.00' },
      { day: '2026-04-09', refund_no: 'F2', order_no: 'O2', amount: '100.00' },
    ],
  },
  expected: {},
};
const onPaper = workedCases<MerchantCase>('funding').find(({ id }) => id === 'F-H2');
const { input } = onPaper ?? F_H2;
const SUBSIDISED = { code: 'M2', subsidy: { share: '0.5' } };
const ACCOUNTS = ['1002.01', '1012.01', '1221.01', '1303.01', '2241.05', '2241.06', '6021.03'];

describe('the merchant of F-H2 in a book', () => {
  it('is settled day by day as on paper, and nothing twice', { timeout: 240_000 }, async () => {
    await book.merchant(input.merchant);
    await book.merchant(SUBSIDISED);
    for (const day of ['2026-04-07', '2026-04-08', '2026-04-09', '2026-04-10']) {
      await bringDay(day);
      // Tried first, and twice: nothing is kept of the one, and of the other nothing more.
      const tried = await book.settle(day, { dryRun: true });
      const before = await book.rows('SELECT reference FROM merchant_settlement');
      const made = await book.settle(day);
      expect(made.settlements).toEqual(tried.settlements);
      expect(made.standings).toEqual(tried.standings);
      expect(await book.rows('SELECT reference FROM merchant_settlement')).toHaveLength(
        before.length + made.settlements.length,
      );
      expect((await book.settle(day)).settlements).toEqual([]);
      if (day < '2026-04-10') await book.close(day);
    }
    const settlements = await kept('M1');
    if (onPaper !== undefined) expect(settlements).toEqual(onPaper.expected.settlements);
    expect(settlements.map(({ due_on }) => due_on)).toEqual([
      ...['2026-04-08', '2026-04-09', '2026-04-10'],
    ]);
  });

  it('has one entry a settlement: orders, fee, hold-back, refunds, bank', async () => {
    const entries = await entriesOf(book);
    // Of 04-07: 1000.00 - 9.50 (at most) - 50.00 held back = 940.50.
    expect(entries['M-M1-1']).toEqual({
      ...{ '1012.01': '1000.00', '2241.06': '-50.00', '1002.01': '-940.50' },
      // 9.50 with its tax inside: 9.50 / 1.06 = 8.96.
      ...{ '6021.03': '-8.96', '2221.01': '-0.54' },
    });
    // 100.00 - 2.00 - 5.00 + 55.00 out of the hold-back pay 148.00 of the refund; 452.00 stay owed.
    expect(entries['M-M1-2']).toEqual({
      ...{ '1012.01': '100.00', '2241.06': '50.00', '1221.01': '-148.00' },
      // 11.50 in all, 10.85 without tax.
      ...{ '6021.03': '-1.89', '2221.01': '-0.11' },
    });
    // Nothing to pay the refund of 100.00 with: it stays where its event put it.
    expect(entries['M-M1-3']).toBeUndefined();
  });

  it('earns a subsidy with the accrual, and gives back what is not earned', async () => {
    // 7300.00 at 18.25%: 3.65 a night, 36.50 in all, of which the merchant pays half: 18.25.
    // Paid: 7300.00 - 18.25. Of 3650.00 refunded on 04-09, with 7.30 accrued, 3.65 of the subsidy
    // is earned; of the other 14.60 the half goes back: 7.30.
    const [sold, refunded] = await kept('M2');
    expect(sold).toMatchObject({ due_on: '2026-04-08', subsidy: '18.25', paid: '7281.75' });
    expect(refunded).toMatchObject({
      ...{ due_on: '2026-04-10', refunds: '3650.00', subsidy_back: '7.30' },
      ...{ paid: '0.00', carried_out: '-3642.70' },
    });
    const entries = await entriesOf(book);
    expect(entries['M-M2-1']).toEqual({
      ...{ '1012.01': '7300.00', '2401.01': '-18.25', '1002.01': '-7281.75' },
    });
    expect(entries['M-M2-2']).toEqual({ '2401.01': '7.30', '1221.01': '-7.30' });
    // The night of 04-07 3.65 of interest, that of 04-08 the same: half each, to the fen in all.
    // 04-09: half of what was accrued is reversed with the refund (3.65 is left) and 1.83 accrues
    // on the rest, 5.48 in all: 2.74, so 0.91 less than the 3.65 before.
    // With 6% inside: of 1.83, 0.10; of 3.65, 0.21; of 2.74, 0.16 (2.74 / 1.06 = 2.58).
    expect(entries['E-M2-20260407']).toEqual({
      ...{ '2401.01': '1.83', '6011.04': '-1.73', '2221.01': '-0.10' },
    });
    expect(entries['E-M2-20260408']).toEqual({
      ...{ '2401.01': '1.82', '6011.04': '-1.71', '2221.01': '-0.11' },
    });
    expect(entries['E-M2-20260409']).toEqual({
      ...{ '2401.01': '-0.91', '6011.04': '0.86', '2221.01': '0.05' },
    });
  });

  it('owes what is a receivable when it is old; the ledger has the same', async () => {
    await book.close('2026-04-17');
    const { standings } = await book.settle('2026-04-17');
    // Negative since 04-09: on 04-16 for seven days, on 04-17 for eight.
    expect((await book.settle('2026-04-16')).standings[0]).toMatchObject({ carried: -55_200 });
    expect(standings[0]).toMatchObject({
      ...{ merchant: 'M1', holdBack: 0, carried: 0, receivable: 55_200 },
    });
    if (onPaper !== undefined) {
      expect(onPaper.expected).toMatchObject({ carried: '0.00', receivable: '552.00' });
    }
    // M1: 700.00 refunded less 148.00; M2: 3650.00 less 7.30. Nothing waits in transit. Loans:
    // 400.00 and 3650.00, what refunds left. Fee 11.50 with 0.65 of tax inside (11.50 - 10.85).
    expect(await balancesOf(book, '2026-04-10', ACCOUNTS)).toEqual({
      ...{ '1002.01': '-8222.25', '1221.01': '4194.70', '1303.01': '4050.00' },
      '6021.03': '-10.85',
    });
  });
});

async function bringDay(day: string): Promise<void> {
  const orders = input.orders.filter((order) => order.day === day);
  const lines = orders.map((each) => `${each.order_no},TEN,${each.principal},0,${day},M1`);
  if (day === '2026-04-07') lines.push(`P1,TEN,7300.00,0.1825,${day},M2`);
  if (lines.length > 0) await book.loans(lines);
  const refunds = input.refunds
    .filter((refund) => refund.day === day)
    .map(({ refund_no, order_no, amount }) => `${refund_no},${order_no},${amount}`);
  // Numbers of refunds are those of their merchant: M2 has an F2 as well.
  if (day === '2026-04-09') refunds.push('F2,P1,3650.00');
  if (refunds.length > 0) await book.refunds(refunds);
}

describe('a settlement', () => {
  it('is known to the bank by its reference, to the fen and once', async () => {
    const bank =
      'code: ICBC\nkind: bank\ncolumns: {order_no: ref, amount: amount, value_date: date}\n';
    await applyChannel(book.client, bank, 'icbc.yaml');
    const take = (name: string, line: string) => {
      const file = join(book.folder, name);
      writeFileSync(file, `ref,amount,date\n${line}\n`);
      return reconcileBank(book.client, { file, by: 'wang' });
    };
    expect(await take('a.csv', 'M-M1-1,-940.51,2026-04-08')).toMatchObject({
      breaks: { missing_ours: 1 },
    });
    await take('b.csv', 'M-M1-1,-940.50,2026-04-09');
    expect(await book.rows('SELECT reference FROM transfer_found')).toEqual([
      { reference: 'M-M1-1' },
    ]);
    expect(await take('c.csv', 'M-M1-1,-940.50,2026-04-10')).toMatchObject({
      breaks: { missing_ours: 1 },
    });
  });

  it('stands against taking back the import of its orders', async () => {
    const [{ import_id } = {}] = await book.rows(`SELECT import_id FROM loan WHERE loan_no = 'O1'`);
    await expect(
      cancelImport(book.client, { importId: Number(import_id), reason: 'wrong' }),
    ).rejects.toMatchObject({
      code: 'import_in_use',
      exitCode: 1,
      evidence: { day: '2026-04-07' },
    });
    expect(await book.rows('SELECT FROM merchant_order')).toHaveLength(3);
  });

  it('waits for the close of the day whose orders are due', async () => {
    await expect(book.settle('2026-04-22')).rejects.toMatchObject({
      ...{ code: 'items_not_closed', exitCode: 2 },
      evidence: { merchant: 'M1', businessDate: '2026-04-18', date: '2026-04-22' },
    });
  });

  it('names a merchant without orders', async () => {
    await expect(book.settle('2026-04-17', { merchant: 'M9' })).rejects.toMatchObject({
      ...{ code: 'unknown_merchant', exitCode: 2, evidence: { merchant: 'M9' } },
    });
  });
});

describe('a file of refunds', () => {
  const refused = (lines: object) => ({ code: 'refunds_refused', exitCode: 1, evidence: lines });

  it.each([
    [
      'twice in the book',
      ['F1,O1,1.00'],
      { line: 2, order: 'O1', rule: 'repeated_refund', value: 'F1' },
    ],
    ['twice in the file', ['F7,O1,1.00', 'F7,O1,1.00'], { line: 3, rule: 'repeated_refund' }],
    ['of an unknown order', ['F8,O9,1.00'], { line: 2, order: 'O9', rule: 'unknown_order' }],
    // 400.00 of O1 are left.
    ['above its order', ['F8,O1,400.01'], { line: 2, order: 'O1', rule: 'refund_above_order' }],
    [
      'above it together',
      ['F8,O1,300.00', 'F9,O1,100.01'],
      { line: 3, rule: 'refund_above_order' },
    ],
    ['of nothing', ['F8,O1,0.00'], { line: 2, rule: 'amount', value: '0.00' }],
    ['without a number', [',O1,1.00'], { line: 2, rule: 'refund_no' }],
    ['cut off', ['F8,O1'], { line: 2, rule: 'field_count' }],
  ])('is refused whole with one %s', async (_what, lines, evidence) => {
    const counts = () =>
      book.rows(
        'SELECT (SELECT count(*) FROM event) AS events, count(*) AS refunds FROM merchant_refund',
      );
    const before = await counts();
    await expect(book.refunds(lines)).rejects.toMatchObject(refused(evidence));
    await expect(book.refunds(lines, { dryRun: true })).rejects.toMatchObject(refused(evidence));
    expect(await counts()).toEqual(before);
  });

  it('is unchanged when it comes again, and taken back of what its close rejects', {
    timeout: 60_000,
  }, async () => {
    await book.events(['W1,O1,write_off,2026-04-18,']);
    await book.close('2026-04-18');
    expect(await book.refunds(['F8,O1,400.00'])).toMatchObject({
      outcome: 'taken',
      amount: 40_000,
    });
    expect(await book.refunds(['F8,O1,400.00'])).toMatchObject({ outcome: 'unchanged' });
    await book.close('2026-04-19');
    // A loan that is written off has no refund: nothing is netted, and nothing is used up.
    expect((await book.settle('2026-04-20')).settlements).toEqual([]);
    expect(await book.refunds(['F10,O1,400.00'])).toMatchObject({ outcome: 'taken' });
    // Its event goes with its refund, or not at all.
    const [last] = await book.rows('SELECT max(import_id) AS id FROM imported_file');
    const cancel = { importId: Number(last!.id), reason: 'wrong' };
    await expect(cancelImport(book.client, cancel)).rejects.toMatchObject({
      ...{ code: 'import_in_use', evidence: { refund: 'F10' } },
    });
  });
});

describe('a statement of a merchant', () => {
  const stated = (merchant: string, to: string) =>
    merchantStatement(book.client, {
      ...{ merchant, from: parseDay('2026-04-07')!, to: parseDay(to)! },
    });
  const textOf = async (said: MerchantStatement, format: 'csv' | 'xlsx') => {
    const pieces: Buffer[] = [];
    for await (const piece of reportPieces(reportOfStatement(said), format)) {
      pieces.push(Buffer.from(piece));
    }
    return Buffer.concat(pieces);
  };

  it('has orders, refunds, settlements, and how the merchant stands', async () => {
    const said = await stated('M1', '2026-04-17');
    expect(said).toMatchObject({ holdBack: '0.00', carried: '0.00', receivable: '552.00' });
    expect(said.orders).toEqual([
      { day: '2026-04-07', orderNo: 'O1', principal: '1000.00', fee: '9.50', subsidy: '0.00' },
      { day: '2026-04-08', orderNo: 'O2', principal: '100.00', fee: '2.00', subsidy: '0.00' },
    ]);
    expect(said.refunds).toEqual([
      { day: '2026-04-08', refundNo: 'F1', orderNo: 'O1', amount: '600.00', rule: '' },
      { day: '2026-04-09', refundNo: 'F2', orderNo: 'O2', amount: '100.00', rule: '' },
    ]);
    expect(said.settlements.map(({ reference, paid }) => [reference, paid])).toEqual([
      ['M-M1-1', '940.50'],
      ['M-M1-2', '0.00'],
      ['M-M1-3', '0.00'],
    ]);
    expect(await stated('M1', '2026-04-08')).toMatchObject({
      // The day after is still to come: 50.00 are held back, nothing is carried.
      ...{ holdBack: '50.00', carried: '0.00', receivable: '0.00' },
      settlements: [{ reference: 'M-M1-1' }],
    });
  });

  it('says why a refund was not netted', async () => {
    const { refunds } = await stated('M1', '2026-04-19');
    expect(refunds.at(-1)).toMatchObject({ refundNo: 'F8', rule: 'loan_written_off' });
  });

  it('is a CSV file and a workbook in which no text is a formula', async () => {
    const said = await stated('M1', '2026-04-17');
    const [order] = said.orders;
    const risky = { ...said, orders: [{ ...order!, orderNo: '=1+1' }] };
    const rows = (await textOf(risky, 'csv')).toString().trimEnd().split(/\r?\n/);
    expect(rows).toHaveLength(1 + 3);
    const named = { ...said, settlements: [{ ...said.settlements[0]!, reference: '=1+1' }] };
    expect((await textOf(named, 'csv')).toString()).toContain("'=1+1");
    expect((await textOf(risky, 'xlsx')).subarray(0, 2).toString()).toBe('PK');
  });

  it('is of sealed days, and of a merchant that has orders', async () => {
    await expect(stated('M1', '2027-01-01')).rejects.toMatchObject({ code: 'day_not_sealed' });
    await expect(stated('M9', '2026-04-17')).rejects.toMatchObject({ code: 'unknown_merchant' });
  });
});
