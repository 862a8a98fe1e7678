import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { withClient } from '../../../src/db/connect.js';
import { encodeGb18030 } from '../../../src/files/gb18030.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import type { SenderSays } from '../../../src/jobs/import/source/file-proof.js';
import { importVouchers } from '../../../src/jobs/period/manual-voucher.js';
import { applyChannel } from '../../../src/jobs/reconcile/channel.js';
import { reconcileBank } from '../../../src/jobs/reconcile/reconcile-bank.js';
import { reconcileChannel } from '../../../src/jobs/reconcile/reconcile-channel.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const DAY = parseDay('2026-03-30')!;
const COLUMNS = 'columns: {order_no: order, amount: amount, fee: fee, value_date: date}';
const CHANNELS = [
  `code: PL\n${COLUMNS}\norder_prefix: PL\n`,
  `code: UN\n${COLUMNS}\norder_prefix: UN\nunterminated: allowed\n`,
  `code: FI\n${COLUMNS}\norder_prefix: FI\nfile: {unterminated: allowed, negative_fees: allowed}\n`,
  `code: TR\n${COLUMNS}\norder_prefix: TR\nfile: {trailer: {starts: T, count: 2, amount: 3}}\n`,
  'code: CN\norder_prefix: CN\ncolumns: {order_no: 订单, amount: 金额, value_date: 日期}\n',
  'code: BK\nkind: bank\ncolumns: {order_no: order, amount: amount, value_date: date}\n',
];

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-proof-'));
type Client = Parameters<typeof reconcileChannel>[0];
const inBook = <T>(fn: (client: Client) => Promise<T>) => withClient(database.target, {}, fn);
const asOwner = (sql: string) =>
  withClient(database.target, { role: 'owner' }, (client) => client.query(sql));

beforeAll(async () => {
  database = await testDatabase();
  await inBook(async (client) => {
    const frame = { firstBusinessDate: DAY, calendar: 'none' };
    await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
    for (const text of CHANNELS) await applyChannel(client, text, 'test');
  });
  await asOwner('UPDATE book SET business_date = business_date + 1');
});
beforeEach(async () => {
  await asOwner('TRUNCATE statement, recon_break, break_action, entry, entry_line');
});
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

function take(channel: string, content: string | Buffer, says?: SenderSays) {
  const file = join(folder, `${channel}.csv`);
  writeFileSync(file, content);
  const reconcile = channel === 'BK' ? reconcileBank : reconcileChannel;
  return inBook((client) => reconcile(client, { file, channel, by: 'wang', says }));
}

const lines = (prefix: string) =>
  `order,amount,fee,date\n${prefix}1,10.00,0.02,2026-03-30\n${prefix}2,20.00,0.02,2026-03-30`;

describe('a statement whose last line has no line end', () => {
  it.each(['PL', 'BK'])('is refused: %s', async (channel) => {
    await expect(take(channel, lines(channel))).rejects.toMatchObject({
      code: 'file_truncated',
      exitCode: 1,
      evidence: { line: 3 },
    });
  });

  it.each<[string, string, SenderSays | undefined, string]>([
    ['UN', lines('UN'), undefined, 'unterminated'],
    ['FI', lines('FI'), undefined, 'unterminated'],
    ['PL', lines('PL'), { unterminated: true }, 'unterminated'],
    ['BK', lines('BK'), { rows: 2, total: '30.00' }, 'options'],
    ['TR', `${lines('TR')}\nT,2,30.00`, undefined, 'trailer'],
  ])('is taken where that is said or proved: %s', async (channel, text, says, proof) => {
    expect(await take(channel, text, says)).toMatchObject({ lines: 2, provedBy: [proof] });
  });

  it.each<[string, string]>([
    ['in its trailer', `${lines('TR')}\nT,2`],
    ['before its trailer', lines('TR')],
    ['in a line', lines('TR').slice(0, -3)],
  ])('is refused where it is cut %s', async (_where, text) => {
    const code = expect.stringMatching(/^(file|statement)_truncated$/);
    await expect(take('TR', text)).rejects.toMatchObject({ code, exitCode: 1 });
  });

  it('is refused where the sender says otherwise', async () => {
    await expect(take('PL', `${lines('PL')}\n`, { total: '30.01' })).rejects.toMatchObject({
      code: 'statement_total_differs',
      evidence: { rule: 'total', expected: '30.01', actual: '30.00', difference: '-0.01' },
    });
  });
});

describe('a statement line', () => {
  const line = (channel: string, fee: string) =>
    `order,amount,fee,date\n${channel}1,10.00,${fee},2026-03-30\n`;

  it('has no fee below zero unless its channel allows it', async () => {
    await expect(take('PL', line('PL', '-0.02'))).rejects.toMatchObject({
      code: 'bad_statement_line',
      evidence: { line: 2, field: 'fee', rule: 'must_not_be_negative', value: '-0.02' },
    });
    expect(await take('FI', line('FI', '-0.02'))).toMatchObject({ fee: '-0.02' });
  });

  it('holds no NUL character, and no column that is read is there twice', async () => {
    await expect(take('PL', line('PL\0', '0.02'))).rejects.toMatchObject({
      code: 'bad_statement_line',
      evidence: { line: 2, field: 'order_no', rule: 'nul_character' },
    });
    const twice = 'order,amount,fee,date,amount\nPL1,10.00,0.02,2026-03-30,1\n';
    await expect(take('PL', twice)).rejects.toMatchObject({
      code: 'wrong_header',
      evidence: { repeated: 'amount' },
    });
  });

  it('of titles in another character set says so', async () => {
    const text = encodeGb18030('订单,金额,日期\nCN1,10.00,2026-03-30\n');
    await expect(take('CN', text)).rejects.toMatchObject({
      code: 'wrong_charset',
      evidence: { charset: 'utf-8', foundCharset: 'gb18030' },
    });
  });
});

describe('a file of manual vouchers', () => {
  const rows = [
    'voucher_no,date,account,debit,credit,memo',
    'V1,2026-03-30,1002.01,5.00,,transfer',
    'V1,2026-03-30,6711.01,,5.00,transfer',
  ].join('\n');

  const bring = (text: string, says?: SenderSays) => {
    const file = join(folder, 'vouchers.csv');
    writeFileSync(file, text);
    return inBook((client) => importVouchers(client, { file, by: 'li', says }));
  };

  it('is cut off without a line end, unless rows and debits prove it', async () => {
    await expect(bring(rows)).rejects.toMatchObject({ code: 'file_truncated' });
    await expect(bring(rows, { rows: 2, total: '6.00' })).rejects.toMatchObject({
      code: 'file_total_differs',
      evidence: { expected: '6.00', actual: '5.00' },
    });
    const nul = await bring(`${rows.replaceAll('transfer', 'tran\0sfer')}\n`);
    expect(nul.problems[0]).toMatchObject({ line: 2, field: 'memo', rule: 'malformed_text' });
    expect(await bring(rows, { rows: 2, total: '5.00' })).toMatchObject({
      vouchers: 1,
      provedBy: ['options'],
    });
  });
});
