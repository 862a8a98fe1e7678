import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { TaskScope } from '../day/task-input.js';
import { thisHolder } from './holder.js';
import { type HeldRun, LEASE_END } from './lease.js';

/** One task of a run, with the token of its claim. */
export interface FoldTask extends TaskScope {
  readonly runId: number;
  readonly task: number;
  readonly token: string;
}

interface ClaimRow {
  task: number;
  bucket_from: number;
  bucket_to: number;
  token: string;
  business_date: string;
}

/** Claims the next waiting task of a run that is ours; undefined when none is left. */
export async function claimTask(client: pg.Client, run: HeldRun): Promise<FoldTask | undefined> {
  const { rows } = await client.query<ClaimRow>(
    `WITH held AS MATERIALIZED (
       SELECT business_date FROM run WHERE run_id = $1 AND token = $3 FOR KEY SHARE)
     UPDATE step SET status = 'claimed', holder = $2, token = gen_random_uuid(),
       lease_until = ${LEASE_END}, attempt = attempt + 1, started_at = clock_timestamp()
     WHERE run_id = $1 AND phase = 'fold' AND EXISTS (SELECT FROM held) AND task = (
       SELECT task FROM step WHERE run_id = $1 AND phase = 'fold' AND status = 'waiting'
       ORDER BY task LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING task, bucket_from, bucket_to, token,
       (SELECT business_date FROM held) AS business_date`,
    [run.runId, thisHolder(), run.token],
  );
  const row = rows[0];
  if (row === undefined) return undefined;
  return {
    runId: run.runId,
    task: row.task,
    token: row.token,
    date: parseDay(row.business_date)!,
    bucketFrom: row.bucket_from,
    bucketTo: row.bucket_to,
  };
}
