import type { EpochDay } from '../../accounting/money/units.js';
import type { Instant } from '../clock/instant.js';
import { openingAfter, timeFrom } from '../clock/window.js';
import type { AlarmRule } from '../plan/alarm-rule.js';
import { holdsOn } from '../plan/condition.js';
import { dueOf } from '../plan/due.js';
import { datePlaces, filled } from '../plan/places.js';
import type { Job, PlanAtHand } from '../plan/plan.js';

export interface Attempt {
  readonly from: Instant;
  readonly to: Instant | null;
  /** Null while it runs, and of one that was killed. */
  readonly exit: number | null;
}

export type StepState =
  | 'waiting'
  | 'running'
  | 'done'
  | 'skipped'
  | 'not_due'
  | 'failed'
  | 'blocked'
  | 'interrupted';

/** Why a step was skipped, has failed or was interrupted. */
export type StepWhy = 'person' | 'files_missing' | 'exit' | 'window_missed' | 'kill' | 'stop';

/** What a job goes by, as instants of one instance: no resume moves them. */
export interface JobTimes {
  readonly files: readonly string[];
  readonly filesBy: Instant | null;
  /** The first close of the window after the due time. */
  readonly closes: Instant | null;
  readonly deadline: Instant | null;
}

/** Of a job. */
export type AlarmKind = Exclude<AlarmRule['on'][number], 'late' | 'missed' | 'taken_over'>;

export interface Step {
  readonly job: Job;
  readonly times: JobTimes;
  readonly state: StepState;
  readonly why: StepWhy | null;
  readonly attempts: readonly Attempt[];
  /** Attempts since the run began or was resumed. */
  readonly tries: number;
  /** The end of a wait between two attempts. */
  readonly notBefore: Instant | null;
  readonly isHeld: boolean;
  /** What is told once. */
  readonly told: readonly AlarmKind[];
}

/** An instance with its steps, in the order of the plan. */
export interface Run {
  readonly hand: PlanAtHand;
  readonly date: EpochDay;
  readonly due: Instant;
  /** Held as a whole. */
  readonly isHeld: boolean;
  readonly steps: readonly Step[];
}

/** When a file became ready; undefined: it has not. */
export type FileTimes = (name: string) => Instant | undefined;

/** A run after something happened, and what is to be told of it. */
export interface Outcome {
  readonly run: Run;
  readonly alarms: readonly { readonly job: string; readonly kind: AlarmKind }[];
}

/**
 * The instance of a business date as it begins; `when` is decided here. Throws Refusal
 * `calendar_year_not_loaded`.
 */
export function beginRun(hand: PlanAtHand, date: EpochDay): Run {
  const due = dueOf(hand, date);
  const steps = hand.plan.jobs.map((job): Step => {
    const isDue = holdsOn(job.when, date, hand.calendar);
    return {
      job,
      times: timesOf(hand, job, date, due),
      state: isDue ? 'waiting' : 'not_due',
      why: null,
      attempts: [],
      tries: 0,
      notBefore: null,
      isHeld: false,
      told: [],
    };
  });
  return { hand, date, due, isHeld: false, steps };
}

function timesOf({ zone }: PlanAtHand, job: Job, date: EpochDay, due: Instant): JobTimes {
  const places = datePlaces(date);
  return {
    files: job.files.map(({ name }) => filled(name, places)),
    filesBy: job.filesBy === null ? null : timeFrom(zone, job.filesBy, due),
    closes: job.window === null ? null : openingAfter(zone, job.window, due).closes,
    deadline: job.deadline === null ? null : timeFrom(zone, job.deadline, due),
  };
}

/** The run with one step changed, and with what follows for the steps that need it. */
export function changed(run: Run, at: number, change: Partial<Step>): Run {
  const steps = run.steps.map((step, k) => (k === at ? { ...step, ...change } : step));
  return settled({ ...run, steps });
}

/** The needs of a step. */
export function needsOf(run: Run, { job }: Step): Step[] {
  return run.steps.filter((step) => job.needs.includes(step.job.name));
}

/** Whether a step is over for good: what needs it may start, and no resume runs it again. */
export function isOver({ state }: Step): boolean {
  return state === 'done' || state === 'skipped' || state === 'not_due';
}

/** Whether a step stands in the way of what needs it, until a resume. */
function isInTheWay({ state }: Step): boolean {
  return state === 'failed' || state === 'blocked';
}

/** Whether the needs of a step let it start. */
export function areNeedsMet(run: Run, step: Step): boolean {
  const allows = (need: Step) => isOver(need) || (step.job.always && isInTheWay(need));
  return needsOf(run, step).every(allows);
}

/** Blocked are the steps behind a failed or blocked one, and no others. */
function settled(run: Run): Run {
  const steps = run.steps.map((step): Step => {
    if (step.job.always || (step.state !== 'waiting' && step.state !== 'blocked')) return step;
    const state = needsOf(run, step).some(isInTheWay) ? 'blocked' : 'waiting';
    return state === step.state ? step : { ...step, state };
  });
  const isSettled = steps.every((step, at) => step === run.steps[at]);
  return isSettled ? run : settled({ ...run, steps });
}
