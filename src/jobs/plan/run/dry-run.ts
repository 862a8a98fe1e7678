import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { formatInstant, type Instant } from '../../../operations/clock/instant.js';
import { openingAfter } from '../../../operations/clock/window.js';
import { hasDate } from '../../../operations/plan/due.js';
import { beginRun, type Run, type Step } from '../../../operations/run/run.js';
import { duration } from '../written-plan.js';
import { yearMissing } from './claim-night.js';
import { type Folders, filledLine } from './places.js';
import { planInForce } from './stored-night.js';

/** A job as it would run; times are ISO 8601, UTC. */
export interface PlannedJob {
  readonly job: string;
  /** What its condition makes of it: `waiting` or `not_due`. */
  readonly state: string;
  readonly needs: string;
  readonly always: boolean;
  /** The command, its places filled. */
  readonly command: string;
  readonly files: string;
  readonly filesBy: string | null;
  readonly opens: string | null;
  readonly closes: string | null;
  readonly deadline: string | null;
  readonly timeOut: string | null;
  readonly tries: number;
  readonly accept: string;
}

export interface PlannedNight {
  readonly plan: string;
  readonly version: number;
  readonly date: string;
  /** Whether the plan has that business date. */
  readonly isDate: boolean;
  readonly due: string;
  readonly parallel: number;
  readonly jobs: readonly PlannedJob[];
}

/**
 * What a night of the latest version of a plan would run; nothing is changed. Throws LoanbookError
 * `unknown_plan`, `calendar_year_not_loaded` (2).
 */
export async function planNight(
  client: pg.Client,
  plan: string,
  date: EpochDay,
  folders: Folders,
): Promise<PlannedNight> {
  const { hand } = await planInForce(client, plan);
  let run: Run;
  let isDate: boolean;
  try {
    run = beginRun(hand, date);
    isDate = hasDate(hand, date);
  } catch (error) {
    throw error instanceof Refusal ? yearMissing(error, plan, formatDay(date)) : error;
  }
  return {
    plan,
    version: hand.plan.version,
    date: formatDay(date),
    isDate,
    due: formatInstant(run.due),
    parallel: hand.plan.parallel,
    jobs: run.steps.map((step) => plannedJob(run, step, folders)),
  };
}

function plannedJob(run: Run, { job, times, state }: Step, folders: Folders): PlannedJob {
  const { hand, date, due } = run;
  const { kind, words } = filledLine(hand.plan, job, date, folders);
  const opening = job.window === null ? null : openingAfter(hand.zone, job.window, due);
  return {
    job: job.name,
    state,
    needs: job.needs.join(', '),
    always: job.always,
    command: [...(kind === 'run' ? ['loanbook'] : []), ...words].map(quoted).join(' '),
    files: times.files.join(', '),
    filesBy: textOf(times.filesBy),
    opens: textOf(opening?.opens ?? null),
    closes: textOf(times.closes),
    deadline: textOf(times.deadline),
    timeOut: job.timeOut === null ? null : duration(job.timeOut),
    tries: 1 + (job.retry?.times ?? 0),
    accept: job.accept.join(', '),
  };
}

/** As a shell would need it, to be tried by hand. */
function quoted(word: string): string {
  return /^[\w@%+=:,./{}-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function textOf(instant: Instant | null): string | null {
  return instant === null ? null : formatInstant(instant);
}
