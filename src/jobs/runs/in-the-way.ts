import type pg from 'pg';
import { isSurelyDead } from './holder.js';
import type { Job } from './lease.js';
import { isoTime } from './list-runs.js';
import { endLostSessions, lostSessions } from './sessions.js';

/** A run that another one waits for. */
export interface OtherRun {
  readonly runId: number;
  readonly job: Job;
  /** What it is at: its day, month, content or statement. */
  readonly key: string;
  readonly host: string | undefined;
  readonly pid: string | undefined;
  readonly since: string | undefined;
}

/** What is waited for; undefined: a session of the database that belongs to no run. */
export type WaitsFor = OtherRun | undefined;

export interface Found {
  readonly waitsFor: WaitsFor;
  /** Sessions that stood in the way were ended just now. */
  readonly isGone: boolean;
}

interface RunRow {
  run_id: number;
  job: Job;
  key: string;
  holder: string;
  is_held: boolean;
  since: string | null;
}

/** What is selected of `run` for `otherRun`. */
export const RUN_ROW = `run_id, job, coalesce(key, business_date::text) AS key, holder,
  coalesce(lease_until > clock_timestamp(), false) AS is_held,
  (SELECT ${isoTime('e.started_at')} FROM execution e WHERE e.run_id = run.run_id
   ORDER BY attempt DESC LIMIT 1) AS since`;

/**
 * The first run of these jobs that is under way. One that lost its lease, or whose process died on
 * this machine, goes out of the way: its sessions are ended.
 */
export async function inTheWay(client: pg.Client, jobs: readonly Job[]): Promise<Found> {
  const { rows } = await client.query<RunRow>(
    `SELECT ${RUN_ROW} FROM run
     WHERE status = 'open' AND job = ANY ($1) AND holder IS NOT NULL AND lease_until IS NOT NULL
     ORDER BY run_id`,
    [jobs],
  );
  let waitsFor: WaitsFor;
  for (const row of rows) {
    if (row.is_held && !isSurelyDead(row.holder)) {
      waitsFor ??= otherRun(row);
      continue;
    }
    if (row.is_held) await releaseDead(client, row.run_id, row.holder);
    if ((await lostSessions(client, row.run_id)) === 0) continue;
    if ((await endLostSessions(client, row.run_id)) === 0) return { waitsFor, isGone: true };
    waitsFor ??= otherRun(row);
  }
  return { waitsFor, isGone: false };
}

/** The lease of a process that died on this machine need not run out. */
export async function releaseDead(client: pg.Client, runId: number, holder: string): Promise<void> {
  await client.query(
    'UPDATE run SET lease_until = clock_timestamp() WHERE run_id = $1 AND holder = $2',
    [runId, holder],
  );
}

type OtherRow = Pick<RunRow, 'run_id' | 'job' | 'key' | 'since'> & { holder: string | null };

export function otherRun({ run_id: runId, job, key, holder, since }: OtherRow): OtherRun {
  const [host, pid] = holder?.split('/') ?? [];
  return { runId, job, key, host, pid, since: since ?? undefined };
}

/** Who stands in the way, as evidence. */
export function evidenceOf(waitsFor: WaitsFor): Record<string, string | number | undefined> {
  if (waitsFor === undefined) return {};
  const { job, key, runId, host, pid, since } = waitsFor;
  return { waitsFor: job, at: key, run: runId, host, pid, since };
}
