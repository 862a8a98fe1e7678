import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../src/db/connect.js';
import { applyProduct } from '../../../src/jobs/book/apply-product.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { importEvents } from '../../../src/jobs/import/import-events.js';
import { importLoans } from '../../../src/jobs/import/import-loans.js';
import { trialBalance } from '../../../src/jobs/ledger/trial-balance.js';
import { listBreaks } from '../../../src/jobs/reconcile/breaks.js';
import { applyChannel } from '../../../src/jobs/reconcile/channel.js';
import { reconcileBank } from '../../../src/jobs/reconcile/reconcile-bank.js';
import { reconcileChannel } from '../../../src/jobs/reconcile/reconcile-channel.js';
import { reconcileReport } from '../../../src/jobs/reconcile/report.js';
import { resolveBreak } from '../../../src/jobs/reconcile/resolve-break.js';
import { reportTables, writePage } from '../../../src/jobs/reconcile/write-report.js';
import { packageRoot } from '../../../src/package-root.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { writeTables } from '../../support/write-tables.js';

interface F1 {
  readonly id: string;
  readonly input: {
    readonly biz: [string, string, string][];
    readonly channel: [string, string][];
    readonly ledger: [string, string][];
  };
  readonly expected: Record<string, string>;
}

const CASES = JSON.parse(
  readFileSync(join(packageRoot, 'fixtures/cases/practice.json'), 'utf8'),
) as { cases: F1[] };
const F1_CASE = CASES.cases.find(({ id }) => id === 'F1')!;

const DAY = parseDay('2026-03-30')!;
const CHANNEL = `code: WX
columns: {order_no: order, amount: amount, fee: fee, value_date: date}
file: {trailer: {starts: T, count: 2, amount: 3}}
`;
const BANK = `code: ICBC
kind: bank
columns: {order_no: ref, amount: amount, value_date: date}
`;

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-outcomes-'));
type Client = Parameters<typeof reconcileChannel>[0];
const inBook = <T>(fn: (client: Client) => Promise<T>) => withClient(database.target, {}, fn);

function write(name: string, ...lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, `${lines.join('\n')}\n`);
  return path;
}

/**
 * The case's orders as events: SUCCESS is an event that its close posts, PROCESSING one that waits
 * for the close of the next day, FAIL one that its close rejects (the loan is settled).
 */
beforeAll(async () => {
  database = await testDatabase();
  const { biz } = F1_CASE.input;
  const events = 'ref,loan_no,type,value_date,business_date,amount';
  const row = (order: string, amount: string, day: string, loan: string) =>
    `${order},${loan},repayment,2026-03-30,${day},${amount}`;
  const rows = biz.map(([order, status, amount]) =>
    row(
      order,
      amount,
      status === 'PROCESSING' ? '2026-03-31' : '2026-03-30',
      status === 'FAIL' ? 'SETTLED' : 'RUNNING',
    ),
  );
  await inBook(async (client) => {
    const frame = { firstBusinessDate: DAY - 1, calendar: 'none' };
    const policyFile = join(packageRoot, 'config/policy-uncapped.yaml');
    await createBook(client, { entity: 'T', currency: 'CNY', ...frame, policyFile });
    const product = 'code: CASH\nrepayment: {periods: 12}\neffective_from: 2024-01-01\n';
    await applyProduct(client, product, 'test');
    const loan = (no: string) => `${no},CASH,10000.00,0.18,2026-03-29`;
    const head = 'loan_no,product,principal,rate,disbursed_on';
    const file = write('loans.csv', head, loan('RUNNING'), loan('SETTLED'));
    await importLoans(client, { file });
    await applyChannel(client, CHANNEL, 'wx');
    await applyChannel(client, BANK, 'icbc');
    const settle = 'SETTLE,SETTLED,settlement,2026-03-29,2026-03-29,';
    await importEvents(client, { file: write('events.csv', events, settle, ...rows) });
  });
  await closeDays(database.target, { through: DAY, workers: 1, tasks: 2 });
});
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const lines = F1_CASE.input.channel.map(([order, amount]) => `${order},${amount},,2026-03-30`);

describe('case F1, three ways', () => {
  it('has the totals and the six outcomes of the case', async () => {
    const { expected } = F1_CASE;
    const file = write(
      'wx.csv',
      'order,amount,fee,date',
      ...lines,
      `T,${lines.length},${expected.channelTotal}`,
    );
    const outcome = await inBook((client) => reconcileChannel(client, { file, by: 'wang' }));
    expect(outcome).toMatchObject({
      amount: expected.channelTotal,
      ourAmount: expected.bizSuccessTotal,
      ledgerAmount: expected.ledgerTotal,
      // O1 alone agrees on all three.
      matched: 1,
      // O3 30.00, O5 10.00 and O6 7.00 are money that nobody has booked.
      suspense: '47.00',
      open: 5,
    });
    const breaks = await inBook((client) => listBreaks(client, {}));
    const said = Object.fromEntries(
      breaks.map(({ orderNo, type, side, ourStatus, difference }) => [
        orderNo,
        { type, side, ourStatus, difference },
      ]),
    );
    expect(said).toEqual({
      O2: { type: 'unposted', side: '长款', ourStatus: 'waiting', difference: '50.00' },
      O3: { type: 'status', side: '长款', ourStatus: 'rejected', difference: '30.00' },
      O4: { type: 'missing_theirs', side: '短款', ourStatus: 'posted', difference: '-20.00' },
      O5: { type: 'missing_ours', side: '长款', ourStatus: '', difference: '10.00' },
      O6: { type: 'amount', side: '长款', ourStatus: 'posted', difference: '7.00' },
    });
    // The cut may have taken O4 into the next day: it is waited for until T+2.
    expect(breaks.find(({ orderNo }) => orderNo === 'O4')?.pendingUntil).toBe('2026-04-01');
    expect(expected.O6).toContain('7.00');
  });

  it('does nothing the second time', async () => {
    const file = join(folder, 'wx.csv');
    const again = await inBook((client) => reconcileChannel(client, { file, by: 'wang' }));
    expect(again).toMatchObject({ outcome: 'unchanged', open: 5 });
    const { rows } = await inBook((client) => client.query('SELECT FROM entry'));
    expect(rows).toHaveLength(1);
  });

  it('resolves with a reason, and the bank receipt clears the channel', async () => {
    const breaks = await inBook((client) => listBreaks(client, {}));
    const idOf = (order: string) => breaks.find(({ orderNo }) => orderNo === order)!.id;
    const by = { by: 'wang', reason: 'asked the channel' };
    await inBook(async (client) => {
      const explained = resolveBreak(client, idOf('O5'), { as: 'explained', ...by });
      await expect(explained).rejects.toMatchObject({ code: 'suspense_is_held' });
      const alone = resolveBreak(client, idOf('O6'), { as: 'written_off', ...by });
      await expect(alone).rejects.toMatchObject({ code: 'checker_missing' });
      await resolveBreak(client, idOf('O6'), { as: 'written_off', checker: 'li', ...by });
      await resolveBreak(client, idOf('O3'), { as: 'refunded', ...by });
      // 267.00 without a fee, and 10.00 of a sender that nobody knows.
      const file = write(
        'icbc.csv',
        'ref,amount,date',
        'WX20260330,267.00,2026-03-31',
        'NOBODY,10.00,2026-03-31',
      );
      const outcome = await reconcileBank(client, { file, by: 'wang' });
      expect(outcome).toMatchObject({ matched: 1, suspense: '10.00', breaks: { missing_ours: 1 } });
    });
    await closeDays(database.target, { through: DAY + 1, workers: 1, tasks: 2 });
    const { lines: accounts } = await inBook((client) => trialBalance(client));
    const closing = Object.fromEntries(accounts.map((line) => [line.account, line.closing]));
    // Clearing: 190.00 and O2's 50.00 booked, 47.00 to suspense, O3's 30.00 back, 267.00 received.
    // It leaves O4's 20.00 short and O3's refund of 30.00 to come: 190+50+47-30-267 = -10.
    // What SETTLED was settled with is not of the case.
    const settled = await inBook((client) =>
      client.query<{ sum: number }>(
        `SELECT sum(j.amount)::bigint AS sum FROM journal_line j JOIN event e USING (event_id)
         JOIN account a USING (account_id) WHERE e.ref = 'SETTLE' AND a.code = '1012.02'`,
      ),
    );
    const cents = Math.round(Number(closing['1012.02']) * 100) - settled.rows[0]!.sum;
    expect(cents).toBe(-1000);
    // Suspense: 47.00 - 7.00 - 30.00 + 10.00 of the bank.
    expect(closing).toMatchObject({
      '1002.01': '277.00',
      '2241.02': '-20.00',
      '6711.01': '-7.00',
    });
  });

  it('ends what the close has posted with the next statement', async () => {
    const file = write('next.csv', 'order,amount,fee,date', 'O4,20.00,,2026-03-31', 'T,1,20.00');
    const outcome = await inBook((client) => reconcileChannel(client, { file, by: 'wang' }));
    const all = await inBook((client) => listBreaks(client, { isAll: true, code: 'WX' }));
    const ends = Object.fromEntries(all.map(({ orderNo, resolution }) => [orderNo, resolution]));
    // O4 was a cross-day slip; O2 was posted by its close; O5 is still unknown.
    expect(ends).toEqual({
      O2: 'posted',
      O3: 'refunded',
      O4: 'cross_day',
      O5: '',
      O6: 'written_off',
    });
    expect(outcome).toMatchObject({ date: '2026-03-31', open: 1 });
  });

  it('writes the report as a page, a workbook and a CSV file', async () => {
    await inBook(async (client) => {
      const report = await reconcileReport(client);
      await writePage(report, join(folder, 'r.html'));
      for (const name of ['r.xlsx', 'r.csv']) {
        await writeTables(join(folder, name), reportTables(report));
      }
    });
    const page = readFileSync(join(folder, 'r.html'), 'utf8');
    expect(page).toContain('<svg');
    expect(page).toContain('长款-我方无记录 2-3天: 1');
    // Nothing is fetched from anywhere; the namespace of SVG is a name, no address.
    const outside = page.replace('http://www.w3.org/2000/svg', '');
    expect(outside).not.toMatch(/https?:|<script|<link|src=|url\(/);
    expect(readFileSync(join(folder, 'r.csv'), 'utf8')).toContain('O5');
    expect(readFileSync(join(folder, 'r.xlsx')).subarray(0, 2).toString()).toBe('PK');
  });
});
