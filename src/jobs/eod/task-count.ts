import type pg from 'pg';
import { formatDay } from '../../accounting/epoch-day.js';
import { BUCKET_COUNT, type EpochDay } from '../../accounting/units.js';

/**
 * What a task keeps in memory grows with its loans, so a book of any size is cut into tasks of the
 * same size. Half of it took a million loans 6% longer: a task costs 10 ms of its own (five COPYs
 * in, each with its thousand slots, and six questions).
 */
const TASK_LOANS_MAX = 32_768;
/** So that a small book has work for every worker, too. */
const TASKS_MIN = 8;

/** Tasks for so many loans: a power of two, so that a book keeps its number for a long time. */
export function tasksFor(loans: number): number {
  let tasks = TASKS_MIN;
  while (tasks < BUCKET_COUNT && tasks * TASK_LOANS_MAX < loans) tasks *= 2;
  return tasks;
}

/** The loans that a close of `date` folds: yesterday's and those born on the day. */
export async function loansToFold(client: pg.Client, date: EpochDay): Promise<number> {
  const { rows } = await client.query<{ loans: number }>(
    `SELECT (SELECT coalesce(sum(s.rows_written), 0)::bigint
         FROM run r JOIN step s USING (run_id)
         WHERE r.job = 'eod' AND r.business_date = $1::date - 1 AND r.status <> 'discarded'
           AND s.phase = 'fold')
       + (SELECT count(*) FROM event WHERE business_date = $1 AND type <= 2) AS loans`,
    [formatDay(date)],
  );
  return rows[0]!.loans;
}
