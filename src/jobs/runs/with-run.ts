import type pg from 'pg';
import { targetOf } from '../../db/client.js';
import { withClient } from '../../db/connect.js';
import { isInterrupted } from '../../db/interrupt.js';
import { LoanbookError } from '../../errors.js';
import { holdOpenDay, type OpenDay, openDate } from '../book/open-day.js';
import { Heartbeat } from './heartbeat.js';
import { isSurelyDead } from './holder.js';
import { evidenceOf } from './in-the-way.js';
import { endExecution, type Instance, settleRun, takeRun } from './instance.js';
import { type HeldRun, inOwnWords, isLost, type Job, type RunClaim, requireHeld } from './lease.js';
import { takeJobLock } from './lock-order.js';
import { keepSession } from './sessions.js';
import { finishSteps, type PhaseDone } from './steps.js';
import { Patience, type Waits } from './waiting.js';

/** A job that is no close: what it is at, and its phases in order. */
export interface JobAt {
  readonly job: Exclude<Job, 'eod'>;
  readonly key: string;
  readonly phases: readonly string[];
}

/** A job under way, in the hands of this process until another one takes its run over. */
export class RunUnderWay {
  /** Fires when the run is another's. */
  readonly lost: AbortSignal;
  readonly #job: JobAt;
  readonly #run: HeldRun;
  readonly #patience: Patience;
  #phases: { phase: string; began: number; ended: number }[] = [];
  isFinished = false;

  constructor(job: JobAt, run: HeldRun, patience: Patience, lost: AbortSignal) {
    this.#job = job;
    this.#run = run;
    this.#patience = patience;
    this.lost = lost;
  }

  /** The signal of a command, or of the run that was lost. */
  orLost(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.lost : AbortSignal.any([signal, this.lost]);
  }

  /** The next phase begins. */
  phase(phase: string): void {
    const now = performance.now();
    if (phase === this.#job.phases[0]) this.#phases = [];
    const before = this.#phases.at(-1);
    if (before !== undefined) before.ended = now;
    this.#phases.push({ phase, began: now, ended: now });
  }

  /** What shows that the run is held, for further sessions of other threads. */
  get claim(): RunClaim {
    return { runId: this.#run.runId, token: this.#run.token };
  }

  /** Further sessions of the job. */
  async keep(clients: readonly pg.Client[]): Promise<void> {
    for (const client of clients) await keepSession(client, this.#run);
  }

  /** Throws `run_lost`; until the transaction ends the run stays ours. */
  async fence(client: pg.Client): Promise<void> {
    await requireHeld(client, this.#run);
  }

  /** Takes the job's own lock until the transaction ends; see `lock-order.ts`. */
  async lock(client: pg.Client): Promise<void> {
    await takeJobLock(client, this.#job.job, this.#patience);
  }

  /** `holdOpenDay`, waited for as long as patience lasts. */
  holdOpenDay(client: pg.Client): Promise<OpenDay> {
    return this.#patience.forLock(client, { jobs: ['eod'], work: () => holdOpenDay(client) });
  }

  /**
   * Ends the run as done, in the transaction of its last phase, which that fences. Throws
   * `run_lost` (75).
   */
  async finish(client: pg.Client, counts: { read: number; written: number }): Promise<void> {
    const now = performance.now();
    const ago = (at: number) => (now - at) / 1000;
    const last = this.#phases.at(-1);
    if (last !== undefined) last.ended = now;
    const phases = this.#phases.map(
      ({ phase, began, ended }): PhaseDone => ({ phase, began: ago(began), ended: ago(ended) }),
    );
    await inOwnWords(client, this.#run, () => finishSteps(client, this.#run, phases, counts));
    await endRun(client, this.#run);
    this.isFinished = true;
  }

  /**
   * Does a transaction again after the close that it met, or needs, has ended. One that nobody is
   * at is not waited for. Throws what the transaction threw when patience is over.
   */
  async besideClose<T>(client: pg.Client, transaction: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await transaction();
      } catch (error) {
        if (!(error instanceof LoanbookError) || !CLOSE_CODES.has(error.code)) throw error;
        await this.#patience.until(client, {
          jobs: ['eod'],
          attempt: () => hasEnded(client, error),
          over: (waitsFor) => withEvidence(error, evidenceOf(waitsFor)),
        });
      }
    }
  }
}

/** What a close under way leads to: its day takes nothing more, or is not sealed yet. */
const CLOSE_CODES = new Set(['day_is_being_closed', 'statement_day_not_sealed']);

/** Undefined: somebody is at a close. Throws `refusal` where it was left unfinished. */
async function hasEnded(client: pg.Client, refusal: LoanbookError): Promise<true | undefined> {
  const { rows } = await client.query<{ is_left: boolean; holder: string | null }>(
    `SELECT lease_until IS NULL AS is_left, holder FROM run WHERE job = 'eod' AND status = 'open'`,
  );
  const [close] = rows;
  if (close === undefined && refusal.code === 'day_is_being_closed') return true;
  if (close === undefined) throw refusal;
  if (close.is_left || isSurelyDead(close.holder ?? '')) throw refusal;
  return undefined;
}

function withEvidence(
  { code, message, exitCode, evidence, next }: LoanbookError,
  more: Readonly<Record<string, string | number | undefined>>,
): LoanbookError {
  return new LoanbookError(code, message, {
    exitCode,
    evidence: { ...evidence, ...more },
    ...(next === undefined ? {} : { next }),
  });
}

async function endRun(client: pg.Client, run: HeldRun): Promise<void> {
  await inOwnWords(client, run, () =>
    client.query('SELECT end_run($1, $2)', [run.runId, run.token]),
  );
}

/**
 * Does a job as a run: taken before it begins, its lease renewed while it goes on, its sessions
 * kept so that whoever takes it over can end them. `work` calls `finish` in its last transaction;
 * where it found nothing to do the run ends behind it. An instance that was done may come again:
 * what that means is for the job to say. Throws what `takeRun` throws, and `run_lost` (75) where
 * another process took the run over meanwhile.
 */
export async function withRun<T>(
  client: pg.Client,
  job: JobAt,
  waits: Waits | undefined,
  work: (run: RunUnderWay) => Promise<T>,
): Promise<T> {
  const patience = new Patience(waits);
  const date = await openDate(client);
  const instance: Instance = { ...job, date, tasks: job.phases.length, workers: 1 };
  const held = await takeRun(client, instance, patience);
  const heartbeat = new Heartbeat(targetOf(client), held);
  try {
    await settleRun(client, held, patience);
    const run = new RunUnderWay(job, held, patience, heartbeat.lost);
    const result = await work(run);
    if (!run.isFinished) await endRun(client, held);
    return result;
  } catch (error) {
    throw await outcomeOf(client, held, error);
  } finally {
    await heartbeat.stop();
  }
}

/** What is to be thrown of a failed job: that it lost its run, if that is behind it. */
async function outcomeOf(client: pg.Client, run: HeldRun, error: unknown): Promise<unknown> {
  const failure = await lossBehind(client, run, error);
  if (isLost(failure)) return failure;
  await giveUp(client, run, isInterrupted(), failure);
  return failure;
}

/**
 * `run_lost` where the run is another's by now, whatever else is said: a session that ended, rows
 * that were there already or no more, may all be the takeover's doing. Else the error.
 */
export async function lossBehind(
  client: pg.Client,
  run: HeldRun,
  error: unknown,
): Promise<unknown> {
  if (error instanceof LoanbookError && isLost(error)) return error;
  const own = { applicationName: `loanbook ${run.job}` };
  try {
    await withClient(targetOf(client), own, (session) => requireHeld(session, run));
    return error;
  } catch (loss) {
    return isLost(loss) ? loss : error;
  }
}

/** Gives the run back; over a session of its own where the other one is lost. */
export async function giveUp(
  client: pg.Client,
  run: HeldRun,
  wasInterrupted: boolean,
  error: unknown,
): Promise<void> {
  const outcome = wasInterrupted ? 'interrupted' : 'failed';
  const message = error instanceof Error ? error.message : String(error);
  const end = (session: pg.Client) => endExecution(session, run, outcome, message);
  await end(client)
    .catch(() => withClient(targetOf(client), { applicationName: `loanbook ${run.job}` }, end))
    .catch(() => undefined);
}
