import type { Instant } from '../clock/instant.js';
import { openingAfter } from '../clock/window.js';
import {
  type AlarmKind,
  changed,
  type FileTimes,
  isOver,
  type Outcome,
  type Run,
  type Step,
} from './run.js';

/**
 * What the clock has made of the steps by now, in the order of the plan: files that are late,
 * windows that have closed, deadlines. It may be asked at any instant, and tells each thing once;
 * what passed while nothing lived is told when it is asked again.
 */
export function clocksPassed(run: Run, now: Instant, files: FileTimes): Outcome {
  let after = run;
  const alarms: { job: string; kind: AlarmKind }[] = [];
  for (const at of run.steps.keys()) {
    for (const passed of [filesByPassed, closePassed, deadlinePassed]) {
      const step = after.steps[at]!;
      const { told, change } = passed(step, now, files);
      if (told.length === 0 && change === undefined) continue;
      alarms.push(...told.map((kind) => ({ job: step.job.name, kind })));
      after = changed(after, at, { ...change, told: [...step.told, ...told] });
    }
  }
  return { run: after, alarms };
}

interface Passed {
  readonly told: readonly AlarmKind[];
  readonly change?: Partial<Step>;
}
const NOTHING: Passed = { told: [] };

function filesByPassed(step: Step, now: Instant, files: FileTimes): Passed {
  const { filesBy } = step.times;
  if (filesBy === null || now < filesBy || step.state !== 'waiting') return NOTHING;
  const late = areReady(step, filesBy, files) ? [] : once(step, 'files_late');
  if (areReady(step, now, files) || step.job.filesMissing === 'wait') return { told: late };
  if (step.job.filesMissing === 'fail') return failed(late, 'files_missing');
  return { told: late, change: { state: 'skipped', why: 'files_missing' } };
}

function closePassed(step: Step, now: Instant): Passed {
  const { closes } = step.times;
  if (closes === null || now < closes || step.told.includes('outlived')) return NOTHING;
  if (step.state === 'running') {
    return step.told.includes('window_missed') ? NOTHING : { told: ['outlived'] };
  }
  if (step.state !== 'waiting') return NOTHING;
  const missed = once(step, 'window_missed');
  return step.job.windowMissed === 'fail' ? failed(missed, 'window_missed') : { told: missed };
}

function deadlinePassed(step: Step, now: Instant): Passed {
  const { deadline } = step.times;
  return deadline === null || now < deadline || isOver(step)
    ? NOTHING
    : { told: once(step, 'deadline') };
}

function once({ told }: Step, kind: AlarmKind): AlarmKind[] {
  return told.includes(kind) ? [] : [kind];
}

function failed(told: readonly AlarmKind[], why: 'files_missing' | 'window_missed'): Passed {
  return { told: [...told, 'failed'], change: { state: 'failed', why } };
}

/** Whether all files of a step had become ready by an instant. */
export function areReady({ times }: Step, by: Instant, files: FileTimes): boolean {
  return times.files.every((name) => (files(name) ?? Number.POSITIVE_INFINITY) <= by);
}

/** The next instant at which the clock alone can change something; undefined: none. */
export function nextClock(run: Run, now: Instant): Instant | undefined {
  const instants = run.steps
    .filter((step) => !isOver(step))
    .flatMap((step) => {
      const { job, times, state, notBefore } = step;
      const opens =
        job.window === null || state !== 'waiting'
          ? null
          : openingAfter(run.hand.zone, job.window, now).opens;
      return [times.filesBy, times.closes, times.deadline, notBefore, opens];
    });
  const later = instants.filter((instant) => instant !== null && instant > now);
  return later.length === 0 ? undefined : Math.min(...(later as Instant[]));
}
