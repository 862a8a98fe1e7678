import { createHash } from 'node:crypto';
import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { copyRows } from '../../../db/copy/copy-stream.js';
import { FUNDING_ITEM } from '../side-tables.js';
import type { DayDifference, DayRange } from './check-inputs.js';

interface Step {
  readonly day: string;
  readonly task: number;
  readonly from: number;
  readonly to: number;
  readonly hash: Buffer | null;
}

/**
 * Holds what the parties of joint loans have of the events of a range of days against the hash that
 * each task was committed with. Days without items, in rows and in steps, are passed by.
 */
export async function itemDifferences(
  client: pg.Client,
  { from, to }: DayRange,
): Promise<DayDifference[]> {
  const { rows: steps } = await client.query<Step>(
    `SELECT s.business_date::text AS day, t.task, t.bucket_from AS from, t.bucket_to AS to,
       t.items_hash AS hash
     FROM sealed_day s JOIN step t ON t.run_id = s.run_id AND t.phase = 'fold'
     WHERE s.business_date BETWEEN $1 AND $2 AND (t.items > 0 OR EXISTS (
       SELECT FROM funding_item i WHERE i.business_date = s.business_date
         AND i.bucket BETWEEN t.bucket_from AND t.bucket_to))
     ORDER BY s.business_date, t.task`,
    [formatDay(from), formatDay(to)],
  );
  const found: DayDifference[] = [];
  for (const step of steps) {
    const actual = (await hashOf(client, step)).toString('hex');
    const expected = step.hash?.toString('hex') ?? 'none';
    if (actual === expected) continue;
    const place = `funding_item of task ${step.task}, buckets ${step.from} to ${step.to}`;
    found.push({ day: step.day, place, expected, actual });
  }
  return found;
}

async function hashOf(client: pg.Client, { day, from, to }: Step): Promise<Buffer> {
  const { columns } = FUNDING_ITEM;
  const hash = createHash('sha256');
  const count = Buffer.alloc(2);
  count.writeInt16BE(columns.length);
  const select = `SELECT ${columns.join(', ')} FROM funding_item
    WHERE business_date = '${day}' AND bucket BETWEEN ${from} AND ${to}
    ORDER BY bucket, loan_id, place`;
  await copyRows(client, select, columns.length, (_view, at, bytes, end) => {
    hash.update(count).update(bytes.subarray(at, end));
  });
  return hash.digest();
}
