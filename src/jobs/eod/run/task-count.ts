import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { BUCKET_COUNT, type EpochDay } from '../../../accounting/money/units.js';

/**
 * What a task keeps in memory grows with its loans, so a book of any size is cut into tasks of the
 * same size. A million loans in twice as many tasks (40, not 20) take 4% longer: a task has a cost
 * of its own (five COPYs in, each with its thousand slots, and six questions). Larger tasks share
 * out worse among many workers.
 */
const TASK_LOANS_MAX = 25_000;
/**
 * A day has a multiple of so many: a small book has work for every worker, too, and a growing one
 * keeps its number for a while.
 */
const TASKS_STEP = 8;

/** Tasks for so many loans. */
export function tasksFor(loans: number): number {
  const steps = Math.max(1, Math.ceil(loans / (TASKS_STEP * TASK_LOANS_MAX)));
  return Math.min(BUCKET_COUNT, TASKS_STEP * steps);
}

/** The loans that a close of `date` folds: yesterday's and those born on the day. */
export async function loansToFold(client: pg.Client, date: EpochDay): Promise<number> {
  const { rows } = await client.query<{ loans: number }>(
    `SELECT (SELECT coalesce(sum(s.rows_written), 0)::bigint
         FROM run r JOIN step s USING (run_id)
         WHERE r.job = 'eod' AND r.business_date = $1::date - 1 AND r.status <> 'discarded'
           AND s.phase = 'fold')
       + (SELECT count(*) FROM event WHERE business_date = $1 AND is_birth(type)) AS loans`,
    [formatDay(date)],
  );
  return rows[0]!.loans;
}
