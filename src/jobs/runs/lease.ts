import type pg from 'pg';
import { sqlStateOf } from '../../db/connect.js';
import { type Evidence, EXIT, LoanbookError } from '../../errors.js';
import { isoTime } from './list-runs.js';

/** How long a claim lasts without a sign of life, by the database's clock; tests shorten it. */
export const LEASE_SECONDS = Number(process.env.LOANBOOK_LEASE_SECONDS) || 20;
export const HEARTBEAT_MS = LEASE_SECONDS * 250;

/** The end of a lease that begins now, as SQL. */
export const LEASE_END = `clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})`;

/** Jobs of which every instance is a run. */
export type Job = 'eod' | 'import' | 'reconcile' | 'impairment' | 'period';

/** A run that this process holds. */
export interface HeldRun {
  readonly runId: number;
  readonly job: Job;
  readonly token: string;
  readonly tasks: number;
  readonly attempt: number;
  readonly resumed: boolean;
}

/** What is needed to show that a run is held. */
export type RunClaim = Pick<HeldRun, 'runId' | 'token'>;

/** What database functions fail with where a token does not hold its run any more. */
const LOST_STATE = 'LB002';

export function isLost(error: unknown): boolean {
  return error instanceof LoanbookError
    ? error.code === 'run_lost'
    : sqlStateOf(error) === LOST_STATE;
}

interface Holding {
  is_ours: boolean;
  status: string;
  job: string;
  holder: string | null;
  since: string | null;
}

/**
 * Fences a phase: in a transaction the run stays this process's until its end, and whoever takes it
 * over waits for that or ends the session; the lease may be renewed meanwhile. Throws `run_lost`
 * (75) where it is another's by now, and says whose and since when.
 */
export async function requireHeld(client: pg.Client, run: RunClaim): Promise<void> {
  const { rows } = await client.query<Holding>(
    `SELECT token IS NOT DISTINCT FROM $2::uuid AS is_ours, status, job, holder,
       (SELECT ${isoTime('e.started_at')} FROM execution e WHERE e.run_id = run.run_id
        ORDER BY attempt DESC LIMIT 1) AS since
     FROM run WHERE run_id = $1 FOR KEY SHARE OF run`,
    [run.runId, run.token],
  );
  if (rows[0]?.is_ours !== true) throw runLost(run.runId, rows[0]);
}

function runLost(runId: number, now: Holding | undefined): LoanbookError {
  const taken = now?.status === 'open' || now?.status === 'done';
  const [host, pid] = (taken && now.holder?.split('/')) || [];
  const evidence: Evidence = { run: runId, job: now?.job, host, pid };
  const message = taken ? 'Another process took this run over.' : 'This run was discarded.';
  return new LoanbookError('run_lost', message, {
    exitCode: EXIT.locked,
    evidence: taken ? { ...evidence, since: now.since ?? undefined } : evidence,
    next: `\`loanbook runs show ${runId}\` shows how far it is; nothing is lost.`,
  });
}

/** The error of a function that found the run lost, in words; any other as it is. */
export async function inOwnWords<T>(
  client: pg.Client,
  run: RunClaim,
  fn: () => Promise<T>,
): Promise<T> {
  try {
    return await fn();
  } catch (error) {
    if (sqlStateOf(error) !== LOST_STATE) throw error;
    // A failed transaction answers nothing more.
    await client.query('ROLLBACK').catch(() => undefined);
    await requireHeld(client, run);
    throw error;
  }
}

/** A sign of life; false when the run belongs to somebody else by now. */
export async function renewRun(client: pg.Client, run: RunClaim): Promise<boolean> {
  const renewed = await client.query(
    `UPDATE run SET lease_until = ${LEASE_END}
     WHERE run_id = $1 AND token = $2 AND status = 'open'`,
    [run.runId, run.token],
  );
  return renewed.rowCount === 1;
}
