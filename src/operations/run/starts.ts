import type { Instant } from '../clock/instant.js';
import { startIn } from '../clock/window.js';
import { areReady } from './clocks.js';
import { areNeedsMet, type FileTimes, type Run, type Step } from './run.js';

/** What a waiting step waits for; of several the first of these. */
export type WaitsFor = 'needs' | 'held' | 'files' | 'retry' | 'window' | 'slot';

/** What a waiting step waits for; null: nothing, it starts. */
export function waitsFor(run: Run, step: Step, now: Instant, files: FileTimes): WaitsFor | null {
  const { window } = step.job;
  const { plan, zone } = run.hand;
  if (!areNeedsMet(run, step)) return 'needs';
  if (isHeld(run, step)) return 'held';
  if (!areReady(step, now, files)) return 'files';
  if (step.notBefore !== null && now < step.notBefore) return 'retry';
  if (window !== null && startIn(zone, window, now) > now) return 'window';
  const running = run.steps.filter(({ state }) => state === 'running').length;
  return running < plan.parallel ? null : 'slot';
}

/** The first step, in the order of the plan, that starts now; undefined: none. */
export function nextStart(run: Run, now: Instant, files: FileTimes): number | undefined {
  const at = run.steps.findIndex(
    (step) => step.state === 'waiting' && waitsFor(run, step, now, files) === null,
  );
  return at === -1 ? undefined : at;
}

/** How a run ends. */
export interface RunEnd {
  readonly state: 'done' | 'failed' | 'held';
  readonly exit: number;
}

const DONE = 0;
const FAILED = 1;
const HELD = 75;
/** Exits of a job that are the run's own; any other makes it 1. */
const KEPT_EXITS = [3, 4, 75];

/** How a run ends now; null: something can still happen by itself. */
export function endOfRun(run: Run): RunEnd | null {
  const waiting = run.steps.filter(({ state }) => state === 'waiting');
  const goesOn = waiting.some((step) => !isHeld(run, step) && areNeedsMet(run, step));
  if (goesOn || run.steps.some(({ state }) => state === 'running')) return null;
  if (waiting.length > 0) return { state: 'held', exit: HELD };
  const failed = run.steps.find(({ state }) => state === 'failed');
  if (failed === undefined) return { state: 'done', exit: DONE };
  const exit = failed.why === 'exit' ? (failed.attempts.at(-1)?.exit ?? FAILED) : FAILED;
  return { state: 'failed', exit: KEPT_EXITS.includes(exit) ? exit : FAILED };
}

function isHeld(run: Run, step: Step): boolean {
  return run.isHeld || step.isHeld;
}
