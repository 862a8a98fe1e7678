import type { Duration, Instant } from '../clock/instant.js';
import type { Retry } from '../plan/plan.js';
import { type Attempt, changed, isOver, type Outcome, type Run, type Step } from './run.js';

/** Exit of an attempt that was ended by its time-out. */
export const TIMED_OUT = 124;
const INTERRUPTED = 130;

/** The attempt of a step begins. */
export function attemptBegun(run: Run, at: number, now: Instant): Run {
  const step = run.steps[at]!;
  const attempts = [...step.attempts, { from: now, to: null, exit: null }];
  return changed(run, at, { state: 'running', attempts, notBefore: null });
}

/** The attempt of a step ends with an exit: done, again after a wait, or failed. */
export function attemptEnded(run: Run, at: number, now: Instant, exit: number): Outcome {
  const step = run.steps[at]!;
  const { name, accept, retry } = step.job;
  const tries = step.tries + 1;
  const ended = { attempts: closed(step, now, exit), tries };
  if (exit === 0 || accept.includes(exit)) {
    const alarms = exit === 0 ? [] : [{ job: name, kind: 'accepted' as const }];
    return { run: changed(run, at, { ...ended, state: 'done' }), alarms };
  }
  if (retry?.on.includes(exit) && tries <= retry.times) {
    const notBefore = now + waitBehind(retry, tries);
    return { run: changed(run, at, { ...ended, state: 'waiting', notBefore }), alarms: [] };
  }
  const failed = changed(run, at, { ...ended, state: 'failed', why: 'exit' });
  return { run: failed, alarms: [{ job: name, kind: 'failed' }] };
}

/** How the process that runs the steps ends before them. */
export type Break = 'kill' | 'stop';

/** What runs is interrupted with the process that ran it. */
export function interrupted(run: Run, now: Instant, how: Break): Run {
  const exit = how === 'stop' ? INTERRUPTED : null;
  const steps = run.steps.map((step): Step => {
    if (step.state !== 'running') return step;
    return { ...step, state: 'interrupted', why: how, attempts: closed(step, now, exit) };
  });
  return { ...run, steps };
}

/** Resumed: what is not over runs again as soon as it may, with all its tries. */
export function resumed(run: Run): Run {
  const steps = run.steps.map((step): Step => {
    if (isOver(step)) return step;
    return { ...step, state: 'waiting', why: null, tries: 0, notBefore: null };
  });
  return { ...run, steps };
}

/** Taken over by a scheduler: the attempt that died with its holder counts as a try. */
export function takenOver(run: Run): Run {
  const steps = run.steps.map((step): Step => {
    if (step.state !== 'interrupted') return step;
    return { ...step, state: 'waiting', why: null, tries: step.tries + 1 };
  });
  return { ...run, steps };
}

function closed({ attempts }: Step, to: Instant, exit: number | null): Attempt[] {
  return attempts.map((attempt) => (attempt.to === null ? { ...attempt, to, exit } : attempt));
}

/** wait x factor^(k-1) behind the attempt k, at most max. */
function waitBehind({ wait, factor, max }: Retry, tries: number): Duration {
  let length = Math.min(wait, max);
  for (let k = 1; k < tries && length < max && factor > 1 && wait > 0; k += 1) {
    length = Math.min(length * factor, max);
  }
  return length;
}
