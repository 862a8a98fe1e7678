import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { Refusal } from '../../../accounting/money/refusal.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { formatInstant } from '../../../operations/clock/instant.js';
import { type DueDate, dueOf, hasDate } from '../../../operations/plan/due.js';
import type { PlanAtHand } from '../../../operations/plan/plan.js';
import { isoTime } from '../../runs/list-runs.js';
import { planInForce } from '../run/stored-night.js';
import { isLeft, readTable } from './plan-table.js';
import { planNames } from './scheduler-look.js';

/** Who looks from a host; times are ISO 8601, UTC. */
export interface ShownScheduler {
  readonly host: string;
  readonly process: number;
  readonly began: string;
  readonly looked: string;
  readonly secondsAgo: number;
  /** `looks`, or `silent`: for longer than anything that lives is. */
  readonly state: string;
}

/** What a plan is at: the night that is open, else the next date that is due. */
export interface ShownSchedule {
  readonly plan: string;
  readonly version: number;
  readonly date: string | null;
  readonly due: string | null;
  /** `next`, or that of the open night. */
  readonly state: string;
  /** Why the last look came to nothing. */
  readonly problem: string | null;
}

export interface SchedulerStatus {
  readonly schedulers: readonly ShownScheduler[];
  readonly plans: readonly ShownSchedule[];
}

/** A look a minute, and one may take its time. */
const SILENT_SECONDS = 180;
/** A date further off is none. */
const DAYS_AHEAD_MAX = 3_660;

/** Throws LoanbookError `document_changed` (3). */
export async function schedulerStatus(client: pg.Client): Promise<SchedulerStatus> {
  const { rows } = await client.query<Omit<ShownScheduler, 'state'>>(
    `SELECT host, process, ${isoTime('began_at')} AS began, ${isoTime('looked_at')} AS looked,
       greatest(0, extract(epoch FROM clock_timestamp() - looked_at))::integer AS "secondsAgo"
     FROM scheduler_look ORDER BY host`,
  );
  const schedulers = rows.map((row) => ({
    ...row,
    state: row.secondsAgo > SILENT_SECONDS ? 'silent' : 'looks',
  }));
  const plans: ShownSchedule[] = [];
  for (const plan of await planNames(client)) plans.push(await shownPlan(client, plan));
  return { schedulers, plans };
}

async function shownPlan(client: pg.Client, plan: string): Promise<ShownSchedule> {
  const { hand } = await planInForce(client, plan);
  const table = await readTable(client, plan);
  const { rows } = await client.query<{ problem: string; next: number | null }>(
    `SELECT problem, looked_to - date '1970-01-01' + 1 AS next FROM plan_look WHERE plan = $1`,
    [plan],
  );
  const { problem = '', next = null } = rows[0] ?? {};
  const open = table.filter(({ state }) => state !== 'done' && state !== 'missed');
  const row = open.find(({ state }) => state !== 'waiting') ?? open[0];
  const at = row ?? nextDate(hand, (next ?? hand.plan.firstDate) as EpochDay);
  const state = row === undefined ? 'next' : isLeft(row) ? 'left by its runner' : row.state;
  return {
    plan,
    version: hand.plan.version,
    date: at === undefined ? null : formatDay(at.date),
    due: at === undefined ? null : formatInstant(at.due),
    state,
    problem: problem === '' ? null : problem,
  };
}

/** Undefined: there is none in ten years, or the calendar does not say. */
function nextDate(hand: PlanAtHand, from: EpochDay): DueDate | undefined {
  try {
    for (let date = from; date < from + DAYS_AHEAD_MAX; date += 1) {
      if (hasDate(hand, date)) return { date, due: dueOf(hand, date) };
    }
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}
