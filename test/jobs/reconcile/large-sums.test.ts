import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type StatementBook, statementBook } from './statement-book.js';

/** A safe integer of minor units; the sum of two is none. */
const SENT = '60000000000000.00';
const TWICE = '120000000000000.00';

let book: StatementBook;
beforeAll(async () => {
  book = await statementBook('2026-03-30', ['Y1', 'Y2', 'Y3', 'Y4', 'Y5', 'Y6']);
  const columns = 'columns: {order_no: order, amount: amount, fee: fee, value_date: date}';
  const head = 'file: {head: {starts: H, count: 2, amount: 3, date: 4}}';
  const wx = book.write('wx.yaml', 'code: WX', 'order_prefix: WX', head, columns);
  const own = 'columns: {order_no: ref, amount: amount, value_date: date}';
  const bank = book.write('bank.yaml', 'code: B', 'kind: bank', own);
  for (const file of [wx, bank]) await book.run('channel', 'apply', file);
  // WX5 paid two loans.
  const orders = ['WX1,Y1', 'WX2,Y2', 'WX5,Y3', 'WX5,Y4'];
  await book.events(...orders.map((order) => `${order},repayment,2026-03-30,${SENT},`));
  await book.close('2026-03-30');
});
afterAll(() => book?.drop());

function statement(name: string, day: string, total: string, ...orders: readonly string[]) {
  const lines = orders.map((order) => `${order},${SENT},0.00,${day}`);
  const head = `H,${orders.length},${total},${day}`;
  return book.write(name, head, 'order,amount,fee,date', ...lines);
}
const take = (file: string, ...args: readonly string[]) =>
  book.run('reconcile', 'channel', file, '--by', 'wang', ...args);
const clearing = async () => {
  const { exitCode, said } = await book.run('reconcile', 'clearing');
  return { exitCode, account: (said as { accounts: unknown[] }).accounts[0] };
};
const ORDERS = ['WX1', 'WX2', 'WX5', 'WX8', 'WX9'];

describe('a statement whose lines sum to no safe integer', () => {
  it('is held to the total of its head', async () => {
    const file = statement('bad.csv', '2026-03-30', '300000000000000.01', ...ORDERS);
    const { exitCode, stderr } = await take(file);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'statement_total_differs',
      evidence: {
        expectedTotal: '30000000000000001',
        actualTotal: '30000000000000000',
        difference: -1,
      },
    });
  });

  it('is held to the total of its control file, told with every digit', async () => {
    const file = book.write('plain.csv', 'order,amount,fee,date', 'WX1,1.00,0.00,2026-03-30');
    book.write('plain.csv.ctl', 'plain.csv,1,90071992547409.93');
    await book.run('channel', 'apply', plainChannel());
    const { stderr } = await book.run('reconcile', 'channel', file, '--channel', 'P');
    expect(JSON.parse(stderr).error).toMatchObject({
      code: 'statement_total_differs',
      evidence: { expected: '90071992547409.93', difference: '-90071992547408.93' },
    });
  });

  it('is taken, and its unknown lines go to suspense', async () => {
    const file = statement('one.csv', '2026-03-30', '300000000000000.00', ...ORDERS);
    const found = {
      amount: '300000000000000.00',
      ourAmount: '240000000000000.00',
      ledgerAmount: '240000000000000.00',
      suspense: TWICE,
      breaks: { duplicate: 1, missing_ours: 2 },
    };
    expect(await take(file, '--channel', 'WX')).toMatchObject({
      exitCode: 3,
      said: { outcome: 'taken', ...found },
    });
    expect(await take(file, '--channel', 'WX')).toMatchObject({
      said: { outcome: 'unchanged', ...found },
    });
  });

  it('is replaced: what it posted is taken back', async () => {
    const orders = [...ORDERS, 'WX7'];
    const file = statement('two.csv', '2026-03-30', '360000000000000.00', ...orders);
    const release = ['--channel', 'WX', '--release', '--release-by', 'li'];
    expect(await take(file, ...release)).toMatchObject({
      said: { outcome: 'replaced', suspense: '180000000000000.00' },
    });
    const late = ['WX8,Y5', 'WX9,Y6'].map((order) => `${order},repayment,2026-03-31,${SENT},`);
    await book.events(...late, `WX6,Y1,repayment,2026-03-31,1.00,`);
    await book.close('2026-03-31');
    expect(await book.balances()).toMatchObject({ '2241.02': '-180000000000000.00' });
  });

  it('gives back what a later day explains', async () => {
    const head = ['H,1,1.00,2026-03-31', 'order,amount,fee,date'];
    const file = book.write('next.csv', ...head, 'WX6,1.00,0.00,2026-03-31');
    expect(await take(file, '--channel', 'WX')).toMatchObject({ said: { released: TWICE } });
    await book.close('2026-04-01');
    expect(await book.balances()).toMatchObject({ '2241.02': `-${SENT}` });
  });

  it('is proven on the clearing account', async () => {
    expect(await clearing()).toMatchObject({
      exitCode: 0,
      account: { balance: '420000000000001.00', statements: '360000000000001.00', breaks: SENT },
    });
  });
});

describe('a net that is no safe integer', () => {
  it('comes short at the bank', async () => {
    const lines = ['WX20260330', 'X1', 'X2'].map((ref) => `${ref},${SENT},2026-04-01`);
    const file = book.write('bank.csv', 'ref,amount,date', ...lines);
    const found = {
      amount: '180000000000000.00',
      ourAmount: '360000000000001.00',
      suspense: TWICE,
      breaks: { amount: 1, missing_ours: 2, missing_theirs: 1 },
    };
    expect(await book.run('reconcile', 'bank', file)).toMatchObject({ said: found });
    expect(await book.run('reconcile', 'bank', file)).toMatchObject({ said: found });
    await book.close('2026-04-02');
    expect(await clearing()).toMatchObject({ exitCode: 0, account: { difference: '0.00' } });
  });

  it('is a break of it, and is written off', async () => {
    const { said } = await book.run('breaks', 'list', '--type', 'amount');
    const found = said as { id: number; difference: string }[];
    expect(found).toMatchObject([{ ourAmount: '360000000000000.00' }]);
    expect(found[0]!.difference).toBe('-300000000000000.00');
    const id = String(found[0]!.id);
    expect(await book.run('breaks', 'show', id)).toMatchObject({
      said: { difference: '-300000000000000.00' },
    });
    const how = ['--as', 'written_off', '--reason', 'lost', '--by', 'wang', '--checker', 'li'];
    expect(await book.run('breaks', 'resolve', id, ...how)).toMatchObject({ exitCode: 0 });
    await book.close('2026-04-03');
    expect(await book.balances()).toMatchObject({ '6711.01': '300000000000000.00' });
  });

  it('is in the report', async () => {
    const file = book.write('report.json');
    expect(await book.run('reconcile', 'report', '--out', file)).toMatchObject({ exitCode: 3 });
    expect(readFileSync(file, 'utf8')).toContain('360000000000000.00');
  });

  it('is told where it stands on the clearing account beside what is expected', async () => {
    const side = (no: string, account: string, debit: string, credit: string) =>
      `${no},2026-04-03,${account},${debit},${credit},moved`;
    const lines = [
      side('M1', '1012.02', SENT, ''),
      side('M1', '1012.02', SENT, ''),
      side('M1', '1012.01', '', SENT),
      side('M1', '1012.01', '', SENT),
    ];
    const file = book.write('v.csv', 'voucher_no,date,account,debit,credit,memo', ...lines);
    await book.run('gl', 'voucher', 'import', file, '--by', 'wang');
    await book.run('gl', 'voucher', 'approve', '1', '--by', 'li');
    await book.close('2026-04-04');
    const { account } = await clearing();
    expect(account).toMatchObject({
      difference: TWICE,
      behind: [{ what: 'entry', orderNo: 'manual M1', amount: TWICE }],
    });
  });
});

describe('another core’s balances', () => {
  it('differ by a sum that is no safe integer', async () => {
    const lines = ['Y1', 'Y2', 'Y3'].map((loan) => `${loan},1000.00,0.00`);
    const file = book.write('core.csv', 'loan_no,principal,suspense', ...lines);
    const { said } = await book.run('reconcile', 'core', file, '--as-of', '2026-04-03');
    const { byKind } = said as { byKind: Record<string, string>[] };
    expect(
      byKind.find(({ kind, measure }) => kind === 'differs' && measure === 'suspense'),
    ).toEqual({ kind: 'differs', measure: 'suspense', loans: 3, difference: '180000000000001.00' });
  });
});

function plainChannel(): string {
  const columns = 'columns: {order_no: order, amount: amount, fee: fee, value_date: date}';
  return book.write('p.yaml', 'code: P', 'order_prefix: P', columns);
}
