import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDay } from '../accounting/calendar/epoch-day.js';
import { resolveTarget, withClient } from '../db/connect.js';
import { removeEmbedded } from '../db/embedded/embedded.js';
import { migrate } from '../db/migrate.js';
import type { DatabaseTarget } from '../db/target.js';
import { createBook } from '../jobs/book/create-book.js';
import { applyChannel } from '../jobs/reconcile/channel.js';
import { reconcileChannel } from '../jobs/reconcile/reconcile-channel.js';
import { MemorySampler } from './memory.js';
import {
  expectedType,
  orderNo,
  type PlantedFile,
  plantEventsSql,
  plantedAt,
  plantedChannel,
  writeStatement,
} from './plant-breaks.js';

const DAY = parseDay('2026-03-30')!;

export interface ReconcileSpeed {
  readonly lines: number;
  readonly events: number;
  readonly planted: number;
  readonly found: number;
  /** Planted and not found, found with another type, or found and not planted. */
  readonly wrong: number;
  readonly seconds: number;
  /** Until every line was staged. */
  readonly stage_seconds: number;
  readonly peak_rss_mb: number;
}

/** A server of its own in a temporary folder, or DATABASE_URL; removed when done. */
export async function reconcileSpeed(
  events: number,
  planted: PlantedFile,
): Promise<ReconcileSpeed> {
  const folder = mkdtempSync(join(tmpdir(), 'loanbook-reconcile-'));
  try {
    const target = await resolveTarget(folder);
    await migrate(target);
    return await measureReconciliation(target, events, {
      file: join(folder, 'statement.csv'),
      planted,
    });
  } finally {
    await removeEmbedded(folder);
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Plants events and a statement in an empty migrated database, and holds what is found to them. */
export async function measureReconciliation(
  target: DatabaseTarget,
  events: number,
  { file, planted }: { readonly file: string; readonly planted?: PlantedFile },
): Promise<ReconcileSpeed> {
  await withClient(target, {}, async (client) => {
    const frame = { firstBusinessDate: DAY - 1, calendar: 'none' };
    await createBook(client, { entity: 'Bench', currency: 'CNY', ...frame });
    await applyChannel(client, plantedChannel(planted), 'plant');
  });
  await withClient(target, { role: 'owner' }, async (client) => {
    await client.query(plantEventsSql(events, DAY));
    await client.query('VACUUM (ANALYZE) event, event_outcome, journal_line');
  });
  await withClient(target, { role: 'login' }, (client) => client.query('CHECKPOINT'));
  const { lines } = writeStatement(file, events, DAY, planted);
  const memory = new MemorySampler();
  memory.takePeakMb();
  const started = performance.now();
  let staged = started;
  const measured = await withClient(target, {}, async (client) => {
    const onStaged = () => {
      staged = performance.now();
    };
    await reconcileChannel(client, { file, by: 'bench', onStaged });
    const seconds = (performance.now() - started) / 1000;
    const peak = memory.takePeakMb();
    const { rows } = await client.query<{ order_no: string; type: string }>(
      'SELECT order_no, type FROM recon_break',
    );
    return { seconds, peak, ...compare(rows, events) };
  });
  memory.stop();
  const { seconds, peak, ...counts } = measured;
  return {
    lines,
    events,
    ...counts,
    seconds,
    stage_seconds: (staged - started) / 1000,
    peak_rss_mb: peak,
  };
}

function compare(
  rows: readonly { order_no: string; type: string }[],
  events: number,
): { planted: number; found: number; wrong: number } {
  const expected = new Map<string, string>();
  for (let i = 0; i < events; i += 1) {
    const type = expectedType(plantedAt(i));
    if (type !== undefined) expected.set(orderNo(i), type);
  }
  const planted = expected.size;
  let wrong = 0;
  for (const { order_no: order, type } of rows) {
    if (expected.get(order) === type) expected.delete(order);
    else wrong += 1;
  }
  return { planted, found: rows.length, wrong: wrong + expected.size };
}
