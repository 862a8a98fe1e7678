import type pg from 'pg';
import type { Piscina } from 'piscina';
import { RETRY_DELAY_MS } from '../../db/retry.js';
import type { DatabaseTarget } from '../../db/target.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { claimTask, type HeldRun, releaseTask } from './claim.js';
import type { FoldTask } from './fold-task.js';
import type { RunDayOptions } from './run-day.js';
import type { WorkerFailure, WorkerResult } from './worker.js';

/** How often a task may be tried before the close gives up. */
const ATTEMPTS_MAX = 4;

/**
 * Has every waiting task of the run folded: each worker thread gets the next claimed task as soon
 * as it is free. Stops handing out tasks at the first error that can't heal, waits for the tasks
 * under way, then throws.
 */
export async function foldTasks(
  control: pg.Client,
  target: DatabaseTarget,
  pool: Piscina,
  run: HeldRun,
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
  const attempts = new Map<number, number>();
  options.onProgress?.(done, run.tasks);
  const lane = async (): Promise<void> => {
    for (;;) {
      if (failure !== undefined) return;
      if (options.signal?.aborted) throw interrupted();
      lost.throwIfAborted();
      const task = await claimTask(control, run);
      if (task === undefined) return;
      const result = (await pool.run({ target, task })) as WorkerResult;
      if (result.ok) {
        done += 1;
        options.onProgress?.(done, run.tasks);
        continue;
      }
      await releaseTask(control, task);
      const tries = (attempts.get(task.task) ?? 0) + 1;
      attempts.set(task.task, tries);
      await waitOrGiveUp(result, task, tries);
    }
  };
  const lanes = Array.from({ length: pool.options.maxThreads }, () =>
    lane().catch((error: unknown) => {
      failure ??= error;
    }),
  );
  await Promise.all(lanes);
  if (failure !== undefined) throw failure;
}

/** Only listed SQLSTATEs are tried again, a bounded number of times. */
async function waitOrGiveUp(result: WorkerFailure, task: FoldTask, tries: number): Promise<void> {
  const delay = result.sqlState === undefined ? undefined : RETRY_DELAY_MS[result.sqlState];
  if (delay === undefined || tries >= ATTEMPTS_MAX) throw failed(result, task);
  await new Promise((resolve) => setTimeout(resolve, delay * tries));
}

function failed(result: WorkerFailure, task: FoldTask): LoanbookError {
  return new LoanbookError(result.code, result.message, {
    evidence: { task: task.task, sqlstate: result.sqlState, ...result.evidence },
    next: result.next ?? 'put it right and run the same command again: it resumes',
  });
}

function interrupted(): LoanbookError {
  return new LoanbookError('interrupted', 'the close was interrupted; nothing is lost', {
    exitCode: EXIT.interrupted,
    next: 'loanbook eod run goes on where it stopped',
  });
}
