import type { EpochDay } from '../../accounting/money/units.js';
import type { Instant } from '../clock/instant.js';
import { type DueDate, dueOf, hasDate } from '../plan/due.js';
import type { PlanAtHand } from '../plan/plan.js';

export type InstanceState =
  | 'waiting'
  | 'running'
  | 'done'
  | 'failed'
  | 'held'
  | 'interrupted'
  | 'missed';

/** A process that looks, on its host. */
export interface Looker {
  readonly host: string;
  readonly process: number;
}

/** Who runs an instance, and until when nobody else may think it dead. */
export interface Holder extends Looker {
  readonly leaseEnds: Instant;
}

/** What the table says of an instance that is not over. */
export interface OpenInstance extends DueDate {
  readonly state: Exclude<InstanceState, 'done' | 'missed'>;
  readonly isLateTold: boolean;
  /** Of a running one. */
  readonly holder: Holder | null;
}

/** The plan's rows in the table. */
export interface PlanTable {
  /** Not over, by business date. */
  readonly open: readonly OpenInstance[];
  /** The last business date that has a row, or could have had one; null: none yet. */
  readonly lookedTo: EpochDay | null;
}

/** What a look makes of the table: in this order, all in one transaction. */
export interface Look {
  /** New rows, waiting. */
  readonly added: readonly DueDate[];
  /** The last business date that was looked at, due or not. */
  readonly lookedTo: EpochDay | null;
  /** Told now, by business date; who is `missed` ends so. */
  readonly alarms: readonly { readonly date: EpochDay; readonly kind: 'late' | 'missed' }[];
  /** The one instance that begins, or is taken over from a holder that is gone. */
  readonly begin: { readonly date: EpochDay; readonly how: 'start' | 'take_over' } | null;
}

/**
 * What a scheduler does that looks at `now`. Whoever is running, failed, held or interrupted holds
 * the later dates; they are told all the same. Throws Refusal `calendar_year_not_loaded`.
 */
export function lookAt(hand: PlanAtHand, table: PlanTable, now: Instant, me: Looker): Look {
  const { added, lookedTo } = dueBy(hand, table.lookedTo, now);
  const waiting: readonly Waiting[] = [
    ...table.open.filter(({ state }) => state === 'waiting'),
    ...added.map((instance) => ({ ...instance, isLateTold: false })),
  ];
  const alarms = waiting.flatMap((instance, at) => {
    const kind = toldOf(hand, instance, at === waiting.length - 1, now);
    return kind === null ? [] : [{ date: instance.date, kind }];
  });
  const missed = new Set(alarms.flatMap(({ date, kind }) => (kind === 'missed' ? [date] : [])));
  const begun = table.open.find(({ state }) => state !== 'waiting');
  const next = waiting.find(({ date }) => !missed.has(date));
  return { added, lookedTo, alarms, begin: begun ? takeOver(begun, now, me) : startOf(next) };
}

type Waiting = Pick<OpenInstance, 'date' | 'due' | 'isLateTold'>;

/** The dates of the plan that are due and have not been looked at. */
function dueBy(
  hand: PlanAtHand,
  lookedTo: EpochDay | null,
  now: Instant,
): { added: DueDate[]; lookedTo: EpochDay | null } {
  const added: DueDate[] = [];
  let last = lookedTo;
  for (let date = last === null ? hand.plan.firstDate : last + 1; ; date += 1) {
    const due = dueOf(hand, date);
    if (due > now) return { added, lookedTo: last };
    if (hasDate(hand, date)) added.push({ date, due });
    last = date;
  }
}

/** What is told of a waiting instance now: each of its alarms once. */
function toldOf(
  { plan }: PlanAtHand,
  { due, isLateTold }: Waiting,
  isLast: boolean,
  now: Instant,
): 'late' | 'missed' | null {
  if (now <= due + plan.startWithin) return null;
  if (plan.missed === 'none' || (plan.missed === 'latest' && !isLast)) return 'missed';
  return isLateTold ? null : 'late';
}

function takeOver({ date, state, holder }: OpenInstance, now: Instant, me: Looker): Look['begin'] {
  if (state !== 'running' || holder === null || !isGone(holder, now, me)) return null;
  return { date, how: 'take_over' };
}

/** A host runs one scheduler: its next process knows that the one before it has ended. */
function isGone({ host, process, leaseEnds }: Holder, now: Instant, me: Looker): boolean {
  return leaseEnds <= now || (host === me.host && process !== me.process);
}

function startOf(next: Waiting | undefined): Look['begin'] {
  return next === undefined ? null : { date: next.date, how: 'start' };
}
