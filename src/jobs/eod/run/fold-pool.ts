import { availableParallelism } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { Piscina } from 'piscina';
import { besideModule } from '../../../package-root.js';

/**
 * Tasks that one thread folds at a time. Decoding, folding and encoding take a third of a task's
 * time, the server the rest; a second thread would compile the same code again, which was a tenth
 * of all processor time of a close of a million loans, and keep a heap of its own.
 */
const TASKS_PER_THREAD = 2;

/** The worker threads of a process; one pool serves day after day. */
export interface FoldPool {
  readonly threads: Piscina;
  /** Tasks that are folded at a time. */
  readonly workers: number;
}

/**
 * Opens a pool that folds `workers` tasks at a time. A stream's garbage is short-lived buffers
 * beside a heap of a few MB. With V8's small first limits a million loans set off seventy full
 * collections, a quarter of our processor time; with 256 MB there was one, but memory grew with the
 * book. From here on a close of 200,000 loans and one of a million stay within a few MB.
 */
export function openPool(workers: number = availableParallelism()): FoldPool {
  setFlagsFromString('--initial-old-space-size=32');
  setFlagsFromString('--min-semi-space-size=8');
  const count = Math.ceil(workers / TASKS_PER_THREAD);
  const threads = new Piscina({
    filename: besideModule('dist', import.meta.url, 'worker.js'),
    name: 'foldInWorker',
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: TASKS_PER_THREAD,
    idleTimeout: Number.POSITIVE_INFINITY,
    resourceLimits: { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 1024 },
  });
  return { threads, workers };
}

/**
 * Ends the threads of a pool. A thread that is ended while it still loads its modules takes the
 * whole process with it (Node 20), as where a close stops before its first task: they are waited
 * for, each by as many calls as it takes at a time.
 */
export async function closePool({ threads }: FoldPool): Promise<void> {
  const places = threads.threads.length * TASKS_PER_THREAD;
  const calls = Array.from({ length: places }, () => threads.run(null, { name: 'isLoaded' }));
  await Promise.allSettled(calls);
  await threads.destroy();
}
