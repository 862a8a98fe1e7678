import type { SimulatedEvent } from './simulate-input.js';
import type { EpochDay } from './units.js';

/** What became of an event. */
export interface Verdict {
  /** Empty: applied; otherwise the rule that rejected it. */
  readonly rule: string;
  /** It was applied, until a later back-dated event made it impossible. */
  readonly voided: boolean;
}

/** By the event's place in the order of arrival; undefined: not judged yet. */
export type Verdicts = (Verdict | undefined)[];

/** The events known at `through` in order of arrival: by business date, then as they were given. */
export function arrivalOrder(
  events: readonly SimulatedEvent[],
  through: EpochDay,
): SimulatedEvent[] {
  return events
    .filter((event) => event.businessDate <= through)
    .sort((a, b) => a.businessDate - b.businessDate);
}

/** Rejects what no fold is needed to reject; the rest is not judged yet. */
export function judgeArrivals(arrived: readonly SimulatedEvent[], disbursedOn: EpochDay): Verdicts {
  const refs = new Set<string>();
  return arrived.map((event) => {
    const rule = refusalOf(event, disbursedOn, refs);
    refs.add(event.ref);
    return rule === undefined ? undefined : { rule, voided: false };
  });
}

function refusalOf(
  event: SimulatedEvent,
  disbursedOn: EpochDay,
  refs: ReadonlySet<string>,
): string | undefined {
  if (refs.has(event.ref)) return 'repeated_ref';
  if (event.valueDate > event.businessDate) return 'value_date_after_business_date';
  if (event.valueDate < disbursedOn) return 'value_date_before_disbursement';
  if (event.amount !== null && event.amount <= 0) return 'amount_not_positive';
  return undefined;
}

/** The business days, ascending, on which an event becomes known after its value date. */
export function lateBusinessDays(
  arrived: readonly SimulatedEvent[],
  verdicts: Verdicts,
): EpochDay[] {
  const days: EpochDay[] = [];
  for (const [index, event] of arrived.entries()) {
    const isLate = event.valueDate < event.businessDate && verdicts[index] === undefined;
    if (isLate && days[days.length - 1] !== event.businessDate) days.push(event.businessDate);
  }
  return days;
}
