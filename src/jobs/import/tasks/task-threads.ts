import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import { LoanbookError } from '../../../errors.js';
import { besideModule } from '../../../package-root.js';
import type { LoanTask } from './share-out-rows.js';
import type { TaskFailure, WorkerJob } from './worker.js';

/** Threads that do a task each at a time. They load their modules as soon as they are there. */
export class TaskThreads {
  readonly #pool: Piscina;
  readonly #count: number;
  #closed: Promise<void> | undefined;

  constructor(count: number) {
    this.#pool = openPool(count);
    this.#count = count;
  }

  /**
   * Has tasks done; hands out no more of them once one fails or the signal comes, waits for those
   * under way, then throws. `onDone` is called after each.
   */
  async doAll(
    tasks: readonly LoanTask[],
    job: Omit<WorkerJob, 'task'>,
    signal: AbortSignal,
    onDone: () => void,
  ): Promise<void> {
    const waiting = [...tasks];
    let failure: unknown;
    const lane = async (): Promise<void> => {
      for (;;) {
        if (failure !== undefined || signal.aborted) return;
        const task = waiting.shift();
        if (task === undefined) return;
        const failed: TaskFailure | null = await this.#pool.run({ ...job, task });
        if (failed !== null) throw taskFailed(failed);
        onDone();
      }
    };
    const lanes = Array.from({ length: this.#count }, () =>
      lane().catch((error: unknown) => {
        failure ??= error;
      }),
    );
    await Promise.all(lanes);
    signal.throwIfAborted();
    if (failure !== undefined) throw failure;
  }

  /** Ends them with their sessions; once is enough. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  /** A thread that is ended while it loads its modules takes the process with it (Node 20). */
  async #end(): Promise<void> {
    const calls = Array.from({ length: this.#count }, () =>
      this.#pool.run(null, { name: 'endSession' }),
    );
    await Promise.allSettled(calls);
    await this.#pool.destroy();
  }
}

/** Small first limits of V8 set off collection after collection; see the pool of the close. */
function openPool(count: number): Piscina {
  setFlagsFromString('--initial-old-space-size=64');
  setFlagsFromString('--min-semi-space-size=8');
  return new Piscina({
    filename: besideModule('dist', import.meta.url, 'worker.js'),
    name: 'taskInWorker',
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: 1,
    idleTimeout: Number.POSITIVE_INFINITY,
    resourceLimits: { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 1024 },
  });
}

/** The failure with its code; the server's own as the session that steers would have thrown it. */
function taskFailed({ code, message, sqlState, evidence, next, exitCode }: TaskFailure): Error {
  if (code !== undefined) {
    return new LoanbookError(code, message, {
      evidence,
      exitCode,
      ...(next === undefined ? {} : { next }),
    });
  }
  return Object.assign(new Error(message), sqlState === undefined ? {} : { code: sqlState });
}
