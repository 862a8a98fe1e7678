import type pg from 'pg';
import { retrying } from '../../../db/connect.js';
import type { DatabaseTarget } from '../../../db/target.js';
import { EXIT, LoanbookError } from '../../../errors.js';
import { claimTask, type FoldTask } from '../../runs/claim.js';
import { type HeldRun, requireHeld } from '../../runs/lease.js';
import type { FoldPool } from './fold-pool.js';
import type { RunDayOptions } from './run-day.js';
import type { SharedBook } from './shared-book.js';
import { CLAIM_LOST, type WorkerFailure, type WorkerJob, type WorkerResult } from './worker.js';

/** How often a task may be tried before the close gives up. */
const ATTEMPTS_MAX = 4;

/**
 * Has every waiting task of the run folded: each worker gets the next claimed task as soon as it
 * is free. Stops handing out tasks at the first error that can't heal, waits for the tasks
 * under way, then throws.
 */
export async function foldTasks(
  control: pg.Client,
  target: DatabaseTarget,
  pool: FoldPool,
  run: HeldRun,
  book: SharedBook,
  options: RunDayOptions,
  lost: AbortSignal,
): Promise<void> {
  const { rows } = await control.query<{ done: number }>(
    `SELECT count(*) AS done FROM step
     WHERE run_id = $1 AND phase = 'fold' AND status = 'done'`,
    [run.runId],
  );
  let done = rows[0]!.done;
  let failure: unknown;
  options.onProgress?.(done, run.tasks);
  // One session claims for all lanes: one claim after the other.
  let turn: Promise<FoldTask | undefined> = Promise.resolve(undefined);
  const claim = (): Promise<FoldTask | undefined> => {
    turn = turn.then(() => claimTask(control, run));
    return turn;
  };
  const lane = async (): Promise<void> => {
    for (;;) {
      if (failure !== undefined) return;
      if (options.signal?.aborted) throw interrupted();
      lost.throwIfAborted();
      const task = await claim();
      if (task === undefined) return;
      await retrying(() => foldOnce(control, pool, run, { target, book, task }), {
        attemptsMax: ATTEMPTS_MAX,
        onRetry: options.onRetry,
      });
      done += 1;
      options.onProgress?.(done, run.tasks);
    }
  };
  const lanes = Array.from({ length: pool.workers }, () =>
    lane().catch((error: unknown) => {
      failure ??= error;
    }),
  );
  await Promise.all(lanes);
  if (failure instanceof TaskFailed) throw failure.toLoanbookError();
  if (failure !== undefined) throw failure;
}

async function foldOnce(
  control: pg.Client,
  pool: FoldPool,
  run: HeldRun,
  job: Omit<WorkerJob, 'token'>,
): Promise<void> {
  const result = (await pool.threads.run({ ...job, token: run.token })) as WorkerResult;
  if (result.ok) return;
  if (result.code === CLAIM_LOST) {
    // The COMMIT of a try whose connection was lost may have arrived all the same.
    if (await isDone(control, job.task)) return;
    await requireHeld(control, run);
  }
  throw new TaskFailed(result, job.task);
}

/** Whether the task was folded under the very claim that we hold. */
async function isDone(control: pg.Client, { runId, task, token }: FoldTask): Promise<boolean> {
  const { rowCount } = await control.query(
    `SELECT FROM step
     WHERE run_id = $1 AND phase = 'fold' AND task = $2 AND token = $3 AND status = 'done'`,
    [runId, task, token],
  );
  return rowCount === 1;
}

/** A task's failure; its `code` is the SQLSTATE, by which the listed ones are tried again. */
class TaskFailed extends Error {
  readonly code: string | undefined;
  readonly #failure: WorkerFailure;
  readonly #task: FoldTask;

  constructor(failure: WorkerFailure, task: FoldTask) {
    super(failure.message);
    this.code = failure.sqlState;
    this.#failure = failure;
    this.#task = task;
  }

  toLoanbookError(): LoanbookError {
    const { code, message, evidence, exitCode, sqlState, next } = this.#failure;
    return new LoanbookError(code, message, {
      exitCode,
      evidence: { task: this.#task.task, sqlstate: sqlState, ...evidence },
      next: next ?? 'put it right and run the same command again: it resumes',
      cause: this,
    });
  }
}

function interrupted(): LoanbookError {
  return new LoanbookError('interrupted', 'the close was interrupted; nothing is lost', {
    exitCode: EXIT.interrupted,
    next: 'loanbook eod run goes on where it stopped',
  });
}
