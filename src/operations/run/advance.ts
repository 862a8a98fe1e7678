import type { Instant } from '../clock/instant.js';
import { attemptBegun } from './attempts.js';
import { clocksPassed } from './clocks.js';
import type { FileTimes, Outcome, Run } from './run.js';
import { nextStart } from './starts.js';

export interface Advance extends Outcome {
  /** The steps that began an attempt, in order. */
  readonly started: readonly number[];
}

/** What an instant makes of a run once its attempts have ended: clocks, then starts. */
export function advanced(before: Run, now: Instant, files: FileTimes): Advance {
  const passed = clocksPassed(before, now, files);
  const started: number[] = [];
  let { run } = passed;
  for (;;) {
    const at = nextStart(run, now, files);
    if (at === undefined) return { run, alarms: passed.alarms, started };
    run = attemptBegun(run, at, now);
    started.push(at);
  }
}
