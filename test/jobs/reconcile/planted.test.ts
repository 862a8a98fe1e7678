import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { formatAmount } from '../../../src/accounting/money/amount-text.js';
import {
  expectedType,
  orderNo,
  plantEventsSql,
  plantedAt,
  plantedChannel,
  writeStatement,
} from '../../../src/bench/plant-breaks.js';
import { withClient } from '../../../src/db/connect.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { applyChannel } from '../../../src/jobs/reconcile/channel.js';
import { proveClearing } from '../../../src/jobs/reconcile/clearing/clearing.js';
import { reconcileChannel } from '../../../src/jobs/reconcile/reconcile-channel.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

const DAY = parseDay('2026-03-30')!;
const EVENTS = 20_000;

let database: TestDatabase;
const folder = mkdtempSync(join(tmpdir(), 'loanbook-planted-'));
beforeAll(async () => {
  database = await testDatabase();
  await withClient(database.target, {}, async (client) => {
    const frame = { firstBusinessDate: DAY - 1, calendar: 'none' };
    await createBook(client, { entity: 'T', currency: 'CNY', ...frame });
    await applyChannel(client, plantedChannel(), 'wx.yaml');
  });
  await withClient(database.target, { role: 'owner' }, (client) =>
    client.query(plantEventsSql(EVENTS, DAY)),
  );
});
afterAll(async () => {
  await database?.drop();
  rmSync(folder, { recursive: true, force: true });
});

it('finds every planted break with its type, and no other', async () => {
  const file = join(folder, 'wx.csv');
  const { lines } = writeStatement(file, EVENTS, DAY);
  await withClient(database.target, {}, async (client) => {
    const outcome = await reconcileChannel(client, { file, by: 'ops' });
    const { rows } = await client.query<{ order_no: string; type: string }>(
      'SELECT order_no, type FROM recon_break ORDER BY order_no',
    );
    const expected: { order_no: string; type: string }[] = [];
    for (let i = 0; i < EVENTS; i += 1) {
      const type = expectedType(plantedAt(i));
      if (type !== undefined) expected.push({ order_no: orderNo(i), type });
    }
    expect(rows).toEqual(expected);
    // A hundredth of 20,000 in ten kinds of 20; cross-day and tolerated ones are resolved at once.
    expect(outcome.open).toBe(160);
    expect(outcome).toMatchObject({ outcome: 'taken', lines, byFallback: 20 });
    // 19,980 lines + 20 twice, less 20 failed: 19,980 succeed; less 8 kinds of 20 that differ.
    expect(lines).toBe(20_000);
    expect(outcome.matched).toBe(19_980 - 160);
  });
});

/**
 * The day after, closed by hand: what waited is posted and so are the statement's entries. Balances
 * are summed from the journal and the entries alone.
 */
const NEXT_DAY = `
  INSERT INTO run (job, business_date, tasks, status, engine_version)
    SELECT 'eod', d::date, 1, 'done', 1 FROM generate_series(DATE '2026-03-29',
      DATE '2026-03-31', '1 day') AS d;
  INSERT INTO sealed_day (business_date, run_id, content_hash, chain_hash)
    SELECT business_date, run_id, '\\x00', '\\x00' FROM run WHERE job = 'eod';
  CREATE TABLE event_outcome_20260331 PARTITION OF event_outcome FOR VALUES IN ('2026-03-31');
  CREATE TABLE journal_line_20260331 PARTITION OF journal_line FOR VALUES IN ('2026-03-31');
  INSERT INTO event_outcome (loan_id, event_id, allocated, to_suspense, business_date, bucket, rule)
    SELECT loan_id, event_id, amount, 0, business_date, bucket, '' FROM event
    WHERE business_date = '2026-03-31';
  INSERT INTO journal_line (voucher, loan_id, event_id, amount, business_date, account_id,
      group_id, bucket, line, kind)
    SELECT event_id, loan_id, event_id, e.amount, business_date, a.account_id, 1, bucket, 1, 4
    FROM event e JOIN account a ON a.code = '1012.02' WHERE business_date = '2026-03-31';
  INSERT INTO gl_balance (business_date, account_id, group_id, debit, credit, balance)
    SELECT '2026-03-31', account_id, 1, 0, 0,
      (SELECT sum(amount) FROM journal_line WHERE account_id = a.account_id)
        + (SELECT sum(amount) FROM entry_line WHERE account_id = a.account_id)
    FROM account a WHERE code = '1012.02';
  UPDATE book SET business_date = '2026-04-01'`;

it('leaves a clearing balance of what the channel owes and what is planted', async () => {
  await withClient(database.target, { role: 'owner' }, (client) => client.query(NEXT_DAY));
  await withClient(database.target, {}, async (client) => {
    const { accounts, ok } = await proveClearing(client);
    expect(ok).toBe(true);
    // Short are the 20 orders without a line and the 20 that failed with their whole amounts, and
    // the 10 that came with 7.00 less; the 20 of the ledger stand with 1.00 less.
    let short = 10 * 700 - 20 * 100;
    for (let i = 0; i < EVENTS; i += 1) {
      const planted = plantedAt(i);
      if (planted === 'missing_theirs' || planted === 'failed')
        short += 1_000 + ((i * 7_919) % 500_000);
    }
    expect(accounts[0]).toMatchObject({
      account: '1012.02',
      channels: ['WX'],
      events: '0.00',
      breaks: formatAmount(short, 2),
    });
  });
});
