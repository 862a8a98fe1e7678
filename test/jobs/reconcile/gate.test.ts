import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../src/db/connect.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { applyChannel } from '../../../src/jobs/reconcile/channel.js';
import { reconcileBank } from '../../../src/jobs/reconcile/reconcile-bank.js';
import { reconcileChannel } from '../../../src/jobs/reconcile/reconcile-channel.js';
import type { ReconcileOptions } from '../../../src/jobs/reconcile/reconcile-options.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const DAY = parseDay('2026-03-30')!;
const COLUMNS = 'columns: {order_no: order, amount: amount, fee: fee, value_date: date}';
const PLAIN = `code: WX
order_prefix: W
${COLUMNS}
file: {head: {starts: H, count: 2, amount: 3, date: 4}}
`;
const CONTROLLED = `code: AP
order_prefix: A
${COLUMNS}
file: {control: {suffix: .ok, deadline_hours: 2}}
`;
const BANK = 'code: ICBC\nkind: bank\ncolumns: {order_no: ref, amount: amount, value_date: date}\n';
const TITLES = 'order,amount,fee,date';

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-gate-'));
type Client = Parameters<typeof reconcileChannel>[0];
const inBook = <T>(fn: (client: Client) => Promise<T>) => withClient(database.target, {}, fn);

function write(name: string, ...lines: readonly string[]): string {
  const path = join(folder, name);
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return path;
}

function take(file: string, options: Partial<ReconcileOptions> = {}) {
  return inBook((client) =>
    reconcileChannel(client, { file, channel: 'WX', by: 'wang', ...options }),
  );
}

async function rows(sql: string): Promise<Record<string, unknown>[]> {
  return inBook(async (client) => (await client.query<Record<string, unknown>>(sql)).rows);
}

async function asOwner(sql: string): Promise<void> {
  await withClient(database.target, { role: 'owner' }, (client) => client.query(sql));
}

/** A book of no loans whose 2026-03-30 is closed: every line is money without a booking. */
beforeAll(async () => {
  database = await testDatabase();
  await inBook(async (client) => {
    const frame = { firstBusinessDate: DAY, calendar: 'none' };
    await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
    for (const text of [PLAIN, CONTROLLED, BANK]) await applyChannel(client, text, 'test');
  });
  await asOwner('UPDATE book SET business_date = business_date + 1');
});
beforeEach(() => asOwner('TRUNCATE statement, recon_break, break_action, entry, entry_line'));
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

const one = ['H,1,10.00,2026-03-30', TITLES, 'A,10.00,0.02,2026-03-30'];
const other = ['H,1,12.00,2026-03-30', TITLES, 'A,12.00,0.02,2026-03-30'];

describe('case F2, a file that is refused', () => {
  it.each<[string, string[], string, Record<string, unknown>]>([
    [
      'another number of lines than its head says',
      ['H,2,10.00,2026-03-30', ...one.slice(1)],
      'statement_total_differs',
      { expectedLines: 2, actualLines: 1, line: 1 },
    ],
    [
      'another total',
      ['H,1,10.01,2026-03-30', ...one.slice(1)],
      'statement_total_differs',
      { expectedTotal: 1001, actualTotal: 1000, difference: -1 },
    ],
    [
      'an order twice',
      ['H,2,20.00,2026-03-30', ...one.slice(1), 'A,10.00,0.02,2026-03-30'],
      'order_repeated',
      { repeated: 1, lines: 'A (3, 4)' },
    ],
    [
      'a bad line',
      ['H,2,20.00,2026-03-30', ...one.slice(1), 'B,1O.00,0.02,2026-03-30'],
      'bad_statement_line',
      { line: 4, field: 'amount', rule: 'malformed_amount', value: '1O.00' },
    ],
    [
      'a line of too few fields',
      ['H,2,20.00,2026-03-30', ...one.slice(1), 'B,10.00,0.02'],
      'bad_statement_line',
      { line: 4, rule: 'column_count' },
    ],
    ['no line but its head', ['H,1,10.00,2026-03-30'], 'statement_truncated', {}],
    ['other columns', ['H,0,0.00,2026-03-30', 'id,sum'], 'wrong_header', { line: 2 }],
    [
      'a day that is open',
      ['H,0,0.00,2026-03-31', TITLES],
      'statement_day_not_sealed',
      { openDay: '2026-03-31' },
    ],
  ])('with %s', async (_what, lines, code, evidence) => {
    await expect(take(write('wx.csv', ...lines))).rejects.toMatchObject({ code, evidence });
    expect(await rows('SELECT FROM statement')).toEqual([]);
    expect(await rows('SELECT FROM entry')).toEqual([]);
  });

  it('of a channel that nobody declared', async () => {
    const asked = take(write('wx.csv', ...one), { channel: 'XX' });
    await expect(asked).rejects.toMatchObject({
      code: 'unknown_channel',
      exitCode: 2,
      evidence: { asked: 'XX', declared: 'AP, WX' },
    });
  });

  it('without its control file: wait, and alarm after the deadline', async () => {
    const file = write('ap.csv', ...one.slice(1));
    const ap = { channel: 'AP' };
    await expect(take(file, ap)).rejects.toMatchObject({
      code: 'control_file_missing',
      exitCode: 75,
    });
    const before = Date.now() / 1000 - 3 * 3600;
    utimesSync(file, before, before);
    await expect(take(file, ap)).rejects.toMatchObject({
      code: 'control_file_overdue',
      exitCode: 1,
      evidence: { waitedHours: 3, deadlineHours: 2 },
    });
    write('ap.csv.ok', 'ap.csv,2');
    await expect(take(file, ap)).rejects.toMatchObject({ code: 'statement_total_differs' });
    write('ap.csv.ok', 'ap.csv,1,10.00');
    expect(await take(file, ap)).toMatchObject({ outcome: 'taken', lines: 1 });
  });
});

describe('case F2, a file that comes again', () => {
  it('with the same content does nothing', async () => {
    const file = write('wx.csv', ...one);
    await take(file);
    expect(await take(file)).toMatchObject({ outcome: 'unchanged' });
    expect(await rows('SELECT FROM entry')).toHaveLength(1);
  });

  it('with other content before posting is loaded instead', async () => {
    await take(write('wx.csv', ...one), { matchOnly: true });
    expect(await rows('SELECT FROM entry')).toEqual([]);
    const outcome = await take(write('wx.csv', ...other));
    expect(outcome).toMatchObject({ outcome: 'replaced', suspense: '12.00', open: 1 });
    expect(await rows('SELECT FROM entry')).toHaveLength(1);
  });

  it('with other content after posting is held until a second person releases it', async () => {
    await take(write('wx.csv', ...one));
    const file = write('wx.csv', ...other);
    await expect(take(file)).rejects.toMatchObject({ code: 'statement_in_force', exitCode: 1 });
    const alone = take(file, { releaseBy: 'wang' });
    await expect(alone).rejects.toMatchObject({ code: 'statement_in_force' });
    const outcome = await take(file, { releaseBy: 'li' });
    expect(outcome).toMatchObject({ outcome: 'replaced', revision: 2, open: 1 });
    // 10.00 went to suspense, came back when it was replaced, then 12.00 went there.
    const [sum] = await rows(
      `SELECT sum(amount)::bigint AS amount FROM entry_line JOIN account USING (account_id)
       WHERE code = '2241.02'`,
    );
    expect(sum).toEqual({ amount: -1200 });
  });

  it('without a line is taken', async () => {
    const file = write('wx.csv', 'H,0,0.00,2026-03-30', TITLES);
    expect(await take(file)).toMatchObject({ outcome: 'taken', lines: 0, open: 0 });
  });
});

describe('a bank statement', () => {
  /** PRACTICE 3.2, case E5: 1496.50 + 3.50 = 1500.00. */
  async function e5(received: string) {
    const lines = ['H,1,1500.00,2026-03-30', TITLES, 'A,1500.00,3.50,2026-03-30'];
    await take(write('wx.csv', ...lines));
    const file = write('icbc.csv', 'ref,amount,date', received);
    const outcome = await inBook((client) => reconcileBank(client, { file, by: 'wang' }));
    const posted = await rows(
      `SELECT a.code, l.amount FROM entry e JOIN entry_line l USING (entry_id)
       JOIN account a USING (account_id) WHERE e.source = 'bank' ORDER BY l.line`,
    );
    return { outcome, posted: posted.map(({ code, amount }) => [code, amount]) };
  }

  it('settles a channel net of its fee, by reference', async () => {
    const settled = [
      ['1002.01', 149_650],
      ['6421.01', 350],
      ['1012.02', -150_000],
    ];
    const byReference = await e5('WX20260330,1496.50,2026-03-31');
    expect(byReference).toMatchObject({ outcome: { matched: 1, open: 0 }, posted: settled });
  });

  it('knows a net by its amount and date', async () => {
    const { outcome } = await e5('a transfer,1496.50,2026-03-31');
    expect(outcome).toMatchObject({ matched: 1, open: 0 });
  });

  it('leaves in transit what came short', async () => {
    const { outcome, posted } = await e5('WX20260330,1490.00,2026-03-31');
    expect(outcome).toMatchObject({ matched: 0, breaks: { amount: 1 } });
    expect(posted).toContainEqual(['1012.02', -149_350]);
  });

  it('finds a net that is due and did not come', async () => {
    const { outcome } = await e5('someone,1.00,2026-03-31');
    expect(outcome.breaks).toEqual({ missing_ours: 1, missing_theirs: 1 });
  });
});
