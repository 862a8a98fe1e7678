import { interruptOn } from '../../db/interrupt.js';
import { outageOf } from '../../db/outage.js';
import { EXIT, LoanbookError } from '../../errors.js';
import type { Host } from './context.js';

/** A job that has not stopped by then is ended: what it has not committed is done again. */
const STOP_MS_MAX = 20_000;

/** A signal so soon behind the first is the same one: `timeout` sends it to process and group. */
const SAME_SIGNAL_MS = 100;

export interface GuardedHost extends Host {
  /** The reader of stdout has gone (`| head`): what still fails with EPIPE is no error. */
  readonly isStdoutClosed: () => boolean;
}

/**
 * The host of a real process. The first SIGINT or SIGTERM aborts `signal`, which long jobs observe;
 * a second one, 0.1 s later or more, ends the process at once, and so does time where a job does
 * not stop. `onFatal` renders an error that no promise carries.
 */
export function guardProcess(
  onFatal: (error: unknown, wasInterrupted: boolean) => string,
): GuardedHost {
  const controller = new AbortController();
  const { stdin, stdout, stderr, env } = process;
  let isStdoutClosed = false;
  let firstAt: number | undefined;
  const interrupt = (name: NodeJS.Signals) => {
    if (firstAt !== undefined && performance.now() - firstAt < SAME_SIGNAL_MS) return;
    if (controller.signal.aborted) process.exit(EXIT.interrupted);
    firstAt = performance.now();
    if (stderr.isTTY) stderr.write('\nstopping; once more to stop at once\n');
    setTimeout(() => process.exit(EXIT.interrupted), STOP_MS_MAX).unref();
    controller.abort(interruption(name));
  };
  interruptOn(controller.signal);
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt);
  process.on('uncaughtException', (error) => {
    const wasInterrupted = controller.signal.aborted;
    stderr.write(onFatal(error, wasInterrupted));
    const exitCode = outageOf(error) === undefined ? EXIT.failed : EXIT.locked;
    process.exit(wasInterrupted ? EXIT.interrupted : exitCode);
  });
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    isStdoutClosed = true;
  });
  // Nobody is left to tell.
  stderr.on('error', () => undefined);
  return {
    env,
    stdin,
    stdout,
    stderr,
    signal: controller.signal,
    isStdoutClosed: () => isStdoutClosed,
  };
}

function interruption(name: NodeJS.Signals): LoanbookError {
  return new LoanbookError('interrupted', 'interrupted', {
    exitCode: EXIT.interrupted,
    evidence: { signal: name },
    next: 'Run the same command again: a job resumes where it stopped.',
  });
}
