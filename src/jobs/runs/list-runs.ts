import type pg from 'pg';

/** A run is a job instance, such as the close of one business day. Times are ISO 8601, UTC. */
export interface RunLine {
  readonly runId: number;
  readonly job: string;
  readonly businessDate: string;
  /** What another job than a close is at; null: its business date. */
  readonly key: string | null;
  /** open, done or discarded. */
  readonly status: string;
  /** How the last execution ended: done, failed, interrupted, lost; null: it is under way. */
  readonly outcome: string | null;
  /** How many executions there were. */
  readonly attempts: number;
  readonly tasks: number;
  readonly tasksDone: number;
  readonly read: number;
  readonly written: number;
  readonly held: number;
  readonly events: number;
  readonly rejected: number;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

/** Puts a time column into ISO 8601; a session's time zone is UTC. */
export function isoTime(column: string): string {
  return `to_char(${column}, 'YYYY-MM-DD"T"HH24:MI:SS"Z"')`;
}

/**
 * The lines of the runs that `condition` names; a run's counts are the sums of its tasks, or of its
 * phases.
 */
export function runLines(condition: string): string {
  return `SELECT r.run_id AS "runId", r.job, r.business_date AS "businessDate", r.key, r.status,
      (SELECT outcome FROM execution e WHERE e.run_id = r.run_id
       ORDER BY attempt DESC LIMIT 1) AS outcome,
      (SELECT count(*) FROM execution e WHERE e.run_id = r.run_id) AS attempts,
      r.tasks, s.done AS "tasksDone", s.read, s.written, s.held, s.events, s.rejected,
      ${isoTime('r.created_at')} AS "createdAt", ${isoTime('r.finished_at')} AS "finishedAt"
    FROM run r CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE status = 'done') AS done,
        coalesce(sum(rows_read), 0)::bigint AS read,
        coalesce(sum(rows_written), 0)::bigint AS written,
        coalesce(sum(loans_held), 0)::bigint AS held,
        coalesce(sum(events_read), 0)::bigint AS events,
        coalesce(sum(events_rejected), 0)::bigint AS rejected
      FROM step WHERE run_id = r.run_id AND (phase = 'fold' OR r.job <> 'eod')) AS s
    ${condition}`;
}

/** The newest runs first. */
export async function listRuns(client: pg.Client, limit: number): Promise<RunLine[]> {
  const sql = runLines('ORDER BY r.run_id DESC LIMIT $1');
  const { rows } = await client.query<RunLine>(sql, [limit]);
  return rows;
}
