import type pg from 'pg';
import { Calendar } from '../../../accounting/calendar/calendar.js';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { readSql } from '../../../db/sql-file.js';
import type { Instant } from '../../../operations/clock/instant.js';
import type { Plan, PlanAtHand } from '../../../operations/plan/plan.js';
import { type Attempt, beginRun, type Run, type Step } from '../../../operations/run/run.js';
import type { InstanceState } from '../../../operations/schedule/look.js';
import { loadCalendar } from '../../book/load-book.js';
import { planAtHand } from '../../operations/documents/plan-document.js';
import { isWithoutCalendar, loadPlan } from '../plans.js';

/** An instance as the table has it. */
export interface Night {
  readonly nightId: number;
  readonly plan: string;
  readonly date: EpochDay;
  readonly due: Instant;
  readonly state: InstanceState;
  readonly exit: number | null;
  /** Of its plan; null: it has not begun. */
  readonly version: number | null;
  readonly isHeld: boolean;
  /** Who writes shows that this is what it read. */
  readonly changes: number;
  readonly holder: string | null;
  readonly token: string | null;
  /** The lease of its holder has not run out. */
  readonly isLeased: boolean;
  /** The last sign of life of its runner. */
  readonly seenAt: Instant | null;
  /** Who asked its runner to stop. */
  readonly stopBy: string | null;
  /** By job: what ran, and where its output is. */
  readonly attempts: ReadonlyMap<string, readonly KeptAttempt[]>;
}

export interface KeptAttempt extends Attempt {
  /** Holder of the process group, with the time of its start. */
  readonly process: string | null;
  readonly log: string | null;
}

type StoredStep = Pick<Step, 'state' | 'why' | 'tries' | 'notBefore' | 'isHeld' | 'told'> & {
  readonly job: string;
  readonly attempts: readonly KeptAttempt[];
};

interface StoredNight extends Omit<Night, 'date' | 'attempts'> {
  readonly date: string;
  readonly calendar: string | null;
  readonly steps: readonly StoredStep[];
}

const NIGHT_SQL = readSql(import.meta.url, 'night');
const SAVE_SQL = readSql(import.meta.url, 'save');

/** A night with its run, as the core takes it; undefined run: it has not begun. */
export interface ReadNight {
  readonly night: Night;
  readonly run: Run | undefined;
}

/**
 * `known` is its plan where that was read before: it stays the same. Throws LoanbookError
 * `document_changed` (3).
 */
export async function readNight(
  client: pg.Client,
  nightId: number,
  known?: PlanAtHand,
): Promise<ReadNight> {
  const { rows } = await client.query<StoredNight>(NIGHT_SQL, [nightId]);
  const { steps, calendar, date, ...rest } = rows[0]!;
  const attempts = new Map(steps.map((step) => [step.job, step.attempts]));
  const night: Night = { ...rest, date: parseDay(date)!, attempts };
  if (night.version === null) return { night, run: undefined };
  const hand =
    known ?? planAtHand(await loadPlan(client, night.plan, night.version), calendarOf(calendar));
  return { night, run: storedRun(hand, night, steps) };
}

function storedRun(hand: PlanAtHand, night: Night, stored: readonly StoredStep[]): Run {
  const { steps, ...run } = beginRun(hand, night.date);
  const kept = new Map(stored.map((step) => [step.job, step]));
  const withState = (step: Step): Step => {
    const row = kept.get(step.job.name);
    if (row === undefined) return step;
    const { job: _job, attempts, ...state } = row;
    return {
      ...step,
      ...state,
      attempts: attempts.map(({ from, to, exit }) => ({ from, to, exit })),
    };
  };
  return { ...run, isHeld: night.isHeld, steps: steps.map(withState) };
}

/** The days of a calendar, as a night keeps them from its first execution on. */
export interface KeptDays {
  readonly holidays: readonly EpochDay[];
  readonly workdays: readonly EpochDay[];
  readonly years: readonly number[];
}

/** A plan in force, with the days that a night of it keeps. */
export interface PlanInForce {
  readonly hand: PlanAtHand;
  /** Null: every day is worked. */
  readonly calendar: string | null;
}

/**
 * The latest version of a plan. Throws LoanbookError `unknown_plan` (2), `document_changed` (3).
 */
export async function planInForce(client: pg.Client, name: string): Promise<PlanInForce> {
  const plan: Plan = await loadPlan(client, name);
  const days = isWithoutCalendar(plan) ? null : await loadCalendar(client);
  const calendar = days === null ? null : JSON.stringify(days);
  return { hand: planAtHand(plan, calendarOf(calendar)), calendar };
}

function calendarOf(kept: string | null): Calendar {
  return kept === null ? Calendar.everyDayWorks : new Calendar(JSON.parse(kept) as KeptDays);
}

/** What an instance is after something happened. */
export interface NightWrite {
  readonly run: Run;
  readonly state: InstanceState;
  readonly exit: number | null;
  readonly at: Instant;
  readonly alarms: readonly { readonly job: string; readonly kind: string }[];
  /** By place of the step: the processes of attempts that begin now. */
  readonly begun?: ReadonlyMap<number, { readonly process: string; readonly log: string }>;
  /** Its runner's: null for who acts on an instance without running it. */
  readonly token: string | null;
}

/** False: nothing is kept, since another has written it meanwhile, or runs it. */
export async function saveNight(
  client: pg.Client,
  { nightId, changes, state: before }: Pick<Night, 'nightId' | 'changes' | 'state'>,
  write: NightWrite,
): Promise<boolean> {
  const { run, state, exit, at, alarms, begun, token } = write;
  const steps = run.steps.map((step, place) => ({
    job: step.job.name,
    place,
    state: step.state,
    why: step.why,
    tries: step.tries,
    not_before: timeOf(step.notBefore),
    is_held: step.isHeld,
    told: step.told,
  }));
  // At one instant an attempt of a step may end and the next one begin.
  const attempts = run.steps.flatMap(({ job, attempts: all }, place) =>
    all.slice(-2).map(({ from, to, exit: code }, k, last) => ({
      job: job.name,
      number: all.length - last.length + k + 1,
      began_at: timeOf(from),
      ended_at: timeOf(to),
      exit: code,
      ...(to === null ? begun?.get(place) : {}),
    })),
  );
  const { rows } = await client.query<{ saved: number }>(SAVE_SQL, [
    nightId,
    changes,
    token,
    state,
    exit,
    run.isHeld,
    timeOf(at),
    JSON.stringify(steps),
    JSON.stringify(attempts),
    JSON.stringify(alarms.map((alarm) => ({ at: timeOf(at), ...alarm }))),
    before === 'running',
  ]);
  return rows[0]!.saved === 1;
}

export function timeOf(instant: Instant | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}

/** How an instance is named to people. */
export function nameOf({ plan, date }: Pick<Night, 'plan' | 'date'>): string {
  return `${plan} ${formatDay(date)}`;
}
