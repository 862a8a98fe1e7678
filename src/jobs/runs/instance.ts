import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { ENGINE_VERSION } from '../../accounting/fold/close-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { SIGNAL_ROLE } from '../../db/bootstrap.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { HASHED_COLUMNS } from '../day/hashed-columns.js';
import { isSurelyDead, thisHolder } from './holder.js';
import { type OtherRun, otherRun, RUN_ROW } from './in-the-way.js';
import {
  type HeldRun,
  type Job,
  LEASE_END,
  LEASE_SECONDS,
  type RunClaim,
  requireHeld,
} from './lease.js';
import { isRunning, OPEN_DAY_JOBS } from './lock-order.js';
import { type BusySession, busyLostSessions, endLostSessions, keepSession } from './sessions.js';
import { giveBackSteps, type StepPlan, writeSteps } from './steps.js';
import { type Patience, SLICED } from './waiting.js';

/** A piece of work that is done once. */
export interface Instance extends StepPlan {
  readonly job: Job;
  /** The day that is closed; of another job the open day. */
  readonly date: EpochDay;
  /** What another job than a close is at. */
  readonly key?: string;
  readonly workers: number;
}

interface RunRow {
  run_id: number;
  job: Job;
  key: string;
  holder: string | null;
  is_held: boolean;
  since: string | null;
  tasks: number;
  engine_version: number;
}

/**
 * Takes the run of an instance, new or unfinished, for this process; `again` is what the process
 * held of it before. Waits while another process holds it, as long as patience lasts; a holder that
 * died on this machine is replaced at once, any other when its lease has run out. Call `settleRun`
 * before anything is written. Throws LoanbookError `day_is_being_closed` and what is called so of
 * other jobs (75), `run_lost` (75), `day_already_closed`, `other_engine`.
 */
export async function takeRun(
  client: pg.Client,
  instance: Instance,
  patience: Patience,
  again?: RunClaim,
): Promise<HeldRun> {
  let blocker: OtherRun | undefined;
  const { job } = instance;
  const inItsWay = job === 'eod' ? OPEN_DAY_JOBS : [job];
  const attempt = async (): Promise<HeldRun | undefined> => {
    blocker = await heldByAnother(client, instance, again);
    if (blocker !== undefined) return undefined;
    return patience.forTransaction(client, {
      jobs: inItsWay,
      work: () => inTransaction(client, () => claim(client, instance, again)),
    });
  };
  const run = await patience.until(client, {
    jobs: [job],
    attempt,
    over: (waitsFor) => isRunning(job, blocker ?? waitsFor, evidenceFor(instance)),
  });
  await keepSession(client, run);
  return run;
}

function evidenceFor({ job, date }: Instance): Record<string, string> {
  return job === 'eod' ? { business_date: formatDay(date) } : {};
}

/** A look without any lock, so that who waits is in nobody's way. */
async function heldByAnother(
  client: pg.Client,
  instance: Instance,
  again: RunClaim | undefined,
): Promise<OtherRun | undefined> {
  if (again !== undefined) await requireHeld(client, again);
  const run = await readRun(client, instance, '');
  return run !== undefined && isAnothers(run, again) ? otherRun(run) : undefined;
}

function isAnothers(run: RunRow, again: RunClaim | undefined): boolean {
  if (!run.is_held || run.holder === null || isSurelyDead(run.holder)) return false;
  return again?.runId !== run.run_id;
}

async function readRun(
  client: pg.Client,
  { job, date, key }: Instance,
  lock: '' | 'FOR NO KEY UPDATE OF run',
): Promise<RunRow | undefined> {
  const { rows } = await client.query<RunRow>(
    `SELECT ${RUN_ROW}, tasks, engine_version FROM run
     WHERE job = $1 AND status = 'open' AND ${job === 'eod' ? 'business_date = $2' : 'key = $2'}
     ${lock}`,
    [job, job === 'eod' ? formatDay(date) : key],
  );
  return rows[0];
}

/** Undefined where another process was faster. */
async function claim(
  client: pg.Client,
  instance: Instance,
  again: RunClaim | undefined,
): Promise<HeldRun | undefined> {
  const { job, key, date, tasks, workers } = instance;
  // Whoever is frozen in here has no run yet by which anybody could end its session.
  await client.query(
    `${SLICED}; SET LOCAL idle_in_transaction_session_timeout = '${LEASE_SECONDS}s'`,
  );
  // Of a close this waits for whoever holds the open day.
  const inserted = await client.query(
    `INSERT INTO run (job, key, business_date, tasks, status, engine_version, hashed_columns)
     VALUES ($1, $2, $3, $4, 'open', $5, $6) ON CONFLICT DO NOTHING`,
    [job, key ?? null, formatDay(date), tasks, ENGINE_VERSION, JSON.stringify(HASHED_COLUMNS)],
  );
  const run = await readRun(client, instance, 'FOR NO KEY UPDATE OF run');
  if (run === undefined) throw alreadyClosed(instance);
  if (again !== undefined) await requireHeld(client, again);
  if (isAnothers(run, again)) return undefined;
  if (job === 'eod' && run.engine_version !== ENGINE_VERSION) throw otherEngine(date, run);
  const { run_id: runId } = run;
  const { rows } = await client.query<{ token: string }>(
    `UPDATE run SET holder = $2, token = gen_random_uuid(), lease_until = ${LEASE_END}
     WHERE run_id = $1 RETURNING token`,
    [runId, thisHolder()],
  );
  const resumed = inserted.rowCount === 0;
  if (resumed) await endEarlierExecutions(client, runId);
  await writeSteps(client, runId, { ...instance, tasks: run.tasks });
  const attempt = await startExecution(client, runId, workers);
  return { runId, job, token: rows[0]!.token, tasks: run.tasks, attempt, resumed };
}

/**
 * Makes sure that nobody writes for an earlier holder of the run any more: its sessions are ended,
 * and the transactions of those that cannot be ended are waited for. Then gives back what it had
 * claimed. Throws LoanbookError `sessions_left` (75).
 */
export async function settleRun(
  client: pg.Client,
  run: HeldRun,
  patience: Patience,
): Promise<void> {
  if (!run.resumed) return;
  let left: readonly BusySession[] = [];
  await patience.until(client, {
    jobs: [run.job],
    isLock: true,
    attempt: async () => {
      if ((await endLostSessions(client, run.runId)) === 0) return true;
      left = await busyLostSessions(client, run.runId);
      return left.length === 0 ? true : undefined;
    },
    over: () => sessionsLeft(run, left),
  });
  await patience.forTransaction(client, {
    jobs: [run.job],
    work: () =>
      inTransaction(client, async () => {
        await client.query(SLICED);
        await client.query('SELECT FROM run WHERE run_id = $1 FOR UPDATE', [run.runId]);
        await requireHeld(client, run);
        await giveBackSteps(client, run.runId);
      }),
  });
}

/** In the midst of a COPY no timeout of the server ends the session of a process that is frozen. */
function sessionsLeft({ runId, job }: HeldRun, left: readonly BusySession[]): LoanbookError {
  const message = 'Sessions of the process that lost this run are still in a transaction.';
  const statements = left.map(({ pid }) => `SELECT pg_terminate_backend(${pid});`).join(' ');
  return new LoanbookError('sessions_left', message, {
    exitCode: EXIT.locked,
    evidence: { run: runId, job, logins: [...new Set(left.map(({ login }) => login))].join(', ') },
    next:
      `An administrator of the server ends them: \`${statements}\` After ` +
      `\`GRANT ${SIGNAL_ROLE} TO loanbook_owner\` loanbook does. Then the same command again.`,
  });
}

function alreadyClosed({ date }: Instance): LoanbookError {
  return new LoanbookError('day_already_closed', `${formatDay(date)} is already closed`, {
    evidence: { business_date: formatDay(date) },
    next: 'loanbook eod status',
  });
}

function otherEngine(date: EpochDay, { engine_version: version }: RunRow): LoanbookError {
  return new LoanbookError('other_engine', 'this day was begun by another engine version', {
    evidence: { business_date: formatDay(date), begun_with: version, this_engine: ENGINE_VERSION },
    next: `loanbook eod discard --date ${formatDay(date)} --reason "engine changed"`,
  });
}

/** What did not come to its own end was stopped with its process, or lost its run to this one. */
async function endEarlierExecutions(client: pg.Client, runId: number): Promise<void> {
  await client.query(
    `UPDATE execution SET ended_at = clock_timestamp(), outcome = 'lost', message = $2
     WHERE run_id = $1 AND ended_at IS NULL`,
    [runId, `taken over by ${thisHolder().split('/').slice(0, 2).join(', process ')}`],
  );
}

async function startExecution(client: pg.Client, runId: number, workers: number): Promise<number> {
  const { rows } = await client.query<{ attempt: number }>(
    `INSERT INTO execution (run_id, attempt, holder, workers)
     SELECT $1::int, coalesce(max(attempt), 0) + 1, $2, $3::int FROM execution WHERE run_id = $1
     RETURNING attempt`,
    [runId, thisHolder(), workers],
  );
  return rows[0]!.attempt;
}

/**
 * Records how an attempt ended; a failed or interrupted one gives its run back at once. Nothing is
 * written for a run that is another's by now.
 */
export async function endExecution(
  client: pg.Client,
  run: HeldRun,
  outcome: 'done' | 'failed' | 'interrupted',
  message: string,
): Promise<void> {
  await client.query(
    `UPDATE execution SET ended_at = clock_timestamp(), outcome = $3, message = $4
     WHERE run_id = $1 AND attempt = $2 AND ended_at IS NULL
       AND EXISTS (SELECT FROM run WHERE run_id = $1 AND token = $5)`,
    [run.runId, run.attempt, outcome, message, run.token],
  );
  if (outcome === 'done') return;
  await client.query('UPDATE run SET lease_until = NULL WHERE run_id = $1 AND token = $2', [
    run.runId,
    run.token,
  ]);
}
