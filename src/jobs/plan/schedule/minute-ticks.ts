import { createTask } from 'node-cron';
import type { Clock } from '../run/clock.js';

/**
 * Waits for the next whole minute, or until the bell, which rings where the clock was moved. A task
 * of node-cron serves one wait: it works its next instant out once, and would sit out an hour by
 * which somebody set the clock back.
 */
export async function nextMinute(clock: Clock, bell: AbortSignal): Promise<void> {
  const minute = new AbortController();
  const task = createTask('* * * * *', () => minute.abort(), {
    timezone: 'UTC',
    suppressMissedWarning: true,
  });
  await task.start();
  const over = AbortSignal.any([minute.signal, bell]);
  // The clock is read each second, so that a move is seen.
  for (clock.now(); !over.aborted; clock.now()) await clock.until(undefined, over);
  await task.destroy();
}
