import type pg from 'pg';
import { formatDay, parseDay } from '../../accounting/calendar/epoch-day.js';
import { ENGINE_VERSION } from '../../accounting/fold/close-day.js';
import { BUCKET_COUNT, type EpochDay } from '../../accounting/money/units.js';
import { inTransaction } from '../../db/connect.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { HASHED_COLUMNS } from '../day/hashed-columns.js';
import type { TaskScope } from '../day/task-input.js';
import { isSurelyDead, thisHolder } from './holder.js';

/** One task of a run, with the token of its claim. */
export interface FoldTask extends TaskScope {
  readonly runId: number;
  readonly task: number;
  readonly token: string;
}

/** How long a claim lasts without a sign of life, by the database's clock. */
export const LEASE_SECONDS = 20;
export const HEARTBEAT_MS = 5_000;

/** A run that this process holds. */
export interface HeldRun {
  readonly runId: number;
  readonly token: string;
  readonly tasks: number;
  readonly attempt: number;
  readonly resumed: boolean;
}

interface RunRow {
  run_id: number;
  tasks: number;
  holder: string | null;
  is_held: boolean;
  engine_version: number;
}

/**
 * Takes the run that closes `date`, new or unfinished. Throws LoanbookError `day_is_being_closed`
 * (exit 75) when another process holds it. A holder that died on this machine is replaced at once,
 * any other when its lease has run out; `isAgain`: what this process holds it may take again.
 */
export async function takeRun(
  client: pg.Client,
  date: EpochDay,
  tasks: number,
  workers: number,
  isAgain = false,
): Promise<HeldRun> {
  return inTransaction(client, async () => {
    const inserted = await client.query(
      `INSERT INTO run (job, business_date, tasks, status, engine_version, hashed_columns)
       VALUES ('eod', $1, $2, 'open', $3, $4)
       ON CONFLICT (job, business_date) WHERE status <> 'discarded' DO NOTHING`,
      [formatDay(date), tasks, ENGINE_VERSION, JSON.stringify(HASHED_COLUMNS)],
    );
    const run = await lockRun(client, date);
    const isOurs = isAgain && run.holder === thisHolder();
    if (run.is_held && run.holder !== null && !isOurs && !isSurelyDead(run.holder)) {
      throw lockedBy(date, run.holder);
    }
    if (run.engine_version !== ENGINE_VERSION) throw otherEngine(date, run.engine_version);
    const { rows } = await client.query<{ token: string }>(
      `UPDATE run SET holder = $2, token = gen_random_uuid(),
         lease_until = clock_timestamp() + make_interval(secs => $3)
       WHERE run_id = $1 RETURNING token`,
      [run.run_id, thisHolder(), LEASE_SECONDS],
    );
    await prepareSteps(client, run.run_id, run.tasks);
    const attempt = await startExecution(client, run.run_id, workers);
    const resumed = inserted.rowCount === 0;
    return { runId: run.run_id, token: rows[0]!.token, tasks: run.tasks, attempt, resumed };
  });
}

async function lockRun(client: pg.Client, date: EpochDay): Promise<RunRow> {
  const { rows } = await client.query<RunRow>(
    `SELECT run_id, tasks, holder, engine_version,
       coalesce(lease_until > clock_timestamp(), false) AS is_held
     FROM run WHERE job = 'eod' AND business_date = $1 AND status = 'open'
     FOR UPDATE`,
    [formatDay(date)],
  );
  const run = rows[0];
  if (run !== undefined) return run;
  throw new LoanbookError('day_already_closed', `${formatDay(date)} is already closed`, {
    evidence: { business_date: formatDay(date) },
    next: 'loanbook eod status',
  });
}

function lockedBy(date: EpochDay, holder: string): LoanbookError {
  const [host, pid] = holder.split('/');
  return new LoanbookError('day_is_being_closed', 'another process is closing this day', {
    exitCode: EXIT.locked,
    evidence: { business_date: formatDay(date), host, pid },
    next: `wait for it, or for its lease of ${LEASE_SECONDS} s to run out, and run the same again`,
  });
}

function otherEngine(date: EpochDay, version: number): LoanbookError {
  return new LoanbookError('other_engine', 'this day was begun by another engine version', {
    evidence: { business_date: formatDay(date), begun_with: version, this_engine: ENGINE_VERSION },
    next: `loanbook eod discard --date ${formatDay(date)} --reason "engine changed"`,
  });
}

/** Creates the steps of a new run; gives back the claims of an attempt that ended. */
async function prepareSteps(client: pg.Client, runId: number, tasks: number): Promise<void> {
  await client.query(
    `INSERT INTO step (run_id, phase, task, bucket_from, bucket_to)
     SELECT $1::int, 'fold', t, t * $3::int / $2::int, (t + 1) * $3 / $2 - 1
     FROM generate_series(0, $2 - 1) t
     UNION ALL SELECT $1, phase, 0, 0, $3 - 1 FROM unnest(ARRAY['post', 'tidy', 'check', 'seal'])
       AS phase
     ON CONFLICT DO NOTHING`,
    [runId, tasks, BUCKET_COUNT],
  );
  await client.query(
    `UPDATE step SET status = 'waiting', token = NULL, holder = NULL, lease_until = NULL
     WHERE run_id = $1 AND status = 'claimed'`,
    [runId],
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

/** Records how an attempt ended; a failed or interrupted one gives its run back at once. */
export async function endExecution(
  client: pg.Client,
  run: HeldRun,
  outcome: 'done' | 'failed' | 'interrupted',
  message: string,
): Promise<void> {
  await client.query(
    `UPDATE execution SET ended_at = clock_timestamp(), outcome = $3, message = $4
     WHERE run_id = $1 AND attempt = $2 AND ended_at IS NULL`,
    [run.runId, run.attempt, outcome, message],
  );
  if (outcome === 'done') return;
  await client.query('UPDATE run SET lease_until = NULL WHERE run_id = $1 AND token = $2', [
    run.runId,
    run.token,
  ]);
}

/**
 * Fences a phase: in a transaction the run stays this process's until its end, and whoever would
 * take it over waits; the lease may be renewed meanwhile. Throws `run_lost` (75) where it is
 * another's by now, and says whose.
 */
export async function requireHeld(client: pg.Client, run: HeldRun): Promise<void> {
  const { rows } = await client.query<{ is_ours: boolean; holder: string | null }>(
    `SELECT token IS NOT DISTINCT FROM $2::uuid AS is_ours, holder FROM run WHERE run_id = $1
     FOR KEY SHARE`,
    [run.runId, run.token],
  );
  if (rows[0]?.is_ours === true) return;
  const [host, pid] = rows[0]?.holder?.split('/') ?? [];
  throw new LoanbookError('run_lost', 'Another process took this run over.', {
    exitCode: EXIT.locked,
    evidence: { run: run.runId, host, pid },
    next: '`loanbook eod status` shows how far it is; nothing is lost.',
  });
}

/** A sign of life; false when the run belongs to somebody else by now. */
export async function renewRun(client: pg.Client, run: HeldRun): Promise<boolean> {
  const renewed = await client.query(
    `UPDATE run SET lease_until = clock_timestamp() + make_interval(secs => $3)
     WHERE run_id = $1 AND token = $2`,
    [run.runId, run.token, LEASE_SECONDS],
  );
  return renewed.rowCount === 1;
}

interface ClaimRow {
  task: number;
  bucket_from: number;
  bucket_to: number;
  token: string;
  business_date: string;
}

/** Claims the next waiting task of the run; undefined when none is left. */
export async function claimTask(client: pg.Client, run: HeldRun): Promise<FoldTask | undefined> {
  const { rows } = await client.query<ClaimRow>(
    `UPDATE step SET status = 'claimed', holder = $2, token = gen_random_uuid(),
       lease_until = clock_timestamp() + make_interval(secs => $3), attempt = attempt + 1,
       started_at = clock_timestamp()
     WHERE run_id = $1 AND phase = 'fold' AND task = (
       SELECT task FROM step WHERE run_id = $1 AND phase = 'fold' AND status = 'waiting'
       ORDER BY task LIMIT 1 FOR UPDATE SKIP LOCKED)
     RETURNING task, bucket_from, bucket_to, token,
       (SELECT business_date FROM run WHERE run_id = $1) AS business_date`,
    [run.runId, thisHolder(), LEASE_SECONDS],
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
