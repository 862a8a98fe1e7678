import type pg from 'pg';
import type { EpochDay } from '../../../accounting/money/units.js';
import type { Difference } from '../check-result.js';
import { dayTable } from '../day-table.js';
import { DAY_TASK, VOUCHERS_PER_TASK } from '../side-rows.js';
import type { TaskShare } from './rows-hash.js';

/**
 * Rows of a day that are in the share of no task, and so in the hash of none: somebody put them
 * there behind the tool's back.
 */
export async function strayRows(
  client: pg.Client,
  date: EpochDay,
  steps: readonly TaskShare[],
): Promise<Difference[]> {
  const folds = steps.filter(({ phase }) => phase === 'fold');
  const from = folds.map(({ bucket_from }) => bucket_from);
  const to = folds.map(({ bucket_to }) => bucket_to);
  const found: Difference[] = [];
  for (const parent of ['position', 'allocation', 'event_outcome'] as const) {
    const { rows } = await client.query<{ strays: number }>(
      `SELECT coalesce(sum(many), 0)::bigint AS strays
       FROM (SELECT bucket, count(*) AS many FROM ${dayTable(parent, date)} GROUP BY bucket) AS b
       WHERE NOT EXISTS (SELECT FROM unnest($1::int[], $2::int[]) AS s (low, high)
         WHERE b.bucket BETWEEN s.low AND s.high)`,
      [from, to],
    );
    found.push(...differenceOf(parent, rows[0]!.strays));
  }
  const tasks = steps.map(({ phase, task }) => (phase === 'fold' ? task : DAY_TASK));
  const { rows } = await client.query<{ strays: number }>(
    `SELECT coalesce(sum(many), 0)::bigint AS strays
     FROM (SELECT floor(voucher::numeric / $2) AS task, count(*) AS many
       FROM ${dayTable('journal_line', date)} GROUP BY 1) AS v
     WHERE task <> ALL ($1::numeric[])`,
    [tasks, VOUCHERS_PER_TASK],
  );
  found.push(...differenceOf('journal_line', rows[0]!.strays));
  return found;
}

function differenceOf(table: string, strays: number): Difference[] {
  if (strays === 0) return [];
  return [{ place: `rows of ${table} of no task`, expected: '0', actual: String(strays) }];
}
