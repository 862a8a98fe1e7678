import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/epoch-day.js';
import {
  expectedType,
  orderNo,
  PLANTED_CHANNEL,
  plantEventsSql,
  plantedAt,
  writeStatement,
} from '../../../src/bench/plant-breaks.js';
import { withClient } from '../../../src/db/connect.js';
import { createBook } from '../../../src/jobs/book/create-book.js';
import { applyChannel } from '../../../src/jobs/reconcile/channel.js';
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
    await applyChannel(client, PLANTED_CHANNEL, 'wx.yaml');
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
