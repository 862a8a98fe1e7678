import type { EpochDay, Fen } from './units.js';

/** One event of a what-if, dated as it moved and as it is booked. */
export interface SimulatedEvent {
  readonly ref: string;
  /** A code of EVENT_TYPE. */
  readonly type: number;
  readonly valueDate: EpochDay;
  readonly businessDate: EpochDay;
  /** Null: a settlement takes what is owed. */
  readonly amount: Fen | null;
}

/**
 * What became of each event, by its place in the order of arrival: undefined not judged yet, the
 * empty text applied, anything else the rule that rejected it.
 */
export type Verdicts = (string | undefined)[];

/** The events known at `through` in order of arrival: by business date, then as they were given. */
export function arrivalOrder(
  events: readonly SimulatedEvent[],
  through: EpochDay,
): SimulatedEvent[] {
  return events
    .filter((event) => event.businessDate <= through)
    .sort((a, b) => a.businessDate - b.businessDate);
}

/** Rejects what no fold is needed to reject; the rest stays undefined. */
export function judgeArrivals(arrived: readonly SimulatedEvent[], disbursedOn: EpochDay): Verdicts {
  const refs = new Set<string>();
  return arrived.map((event) => {
    const rule = refusalOf(event, disbursedOn, refs);
    refs.add(event.ref);
    return rule;
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
