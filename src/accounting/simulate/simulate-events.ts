import { EVENT_TYPE } from '../events/loan-event.js';
import type { EpochDay, Fen } from '../money/units.js';
import type { SimulatedEvent } from './simulate-input.js';

/** What became of an event. */
export interface Verdict {
  /** Empty: applied; otherwise the rule that rejected it. */
  readonly rule: string;
  /** It was applied, until a later back-dated event made it impossible. */
  readonly voided: boolean;
  /** Of one that was applied: the money that it moved then, money in positive. */
  readonly cash: Fen;
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
  const places = new Map<string, number>();
  const reversed = new Set<string>();
  return arrived.map((event, index) => {
    let rule = refusalOf(event, disbursedOn, places);
    if (event.type === EVENT_TYPE.reversal && rule === '') {
      const of = event.of ?? '';
      const place = places.get(of);
      if (place === undefined) rule = 'unknown_of';
      else if (arrived[place]!.type === EVENT_TYPE.reversal) rule = 'reversal_of_a_reversal';
      else if (reversed.has(of)) rule = 'already_reversed';
      else reversed.add(of);
    }
    if (!places.has(event.ref)) places.set(event.ref, index);
    return rule === '' ? undefined : { rule, voided: false, cash: 0 };
  });
}

function refusalOf(
  event: SimulatedEvent,
  disbursedOn: EpochDay,
  places: ReadonlyMap<string, number>,
): string {
  if (places.has(event.ref)) return 'repeated_ref';
  if (event.valueDate > event.businessDate) return 'value_date_after_business_date';
  if (event.valueDate < disbursedOn) return 'value_date_before_disbursement';
  const isLow = event.amount !== null && event.amount <= 0;
  // A loan may be sold for nothing.
  const isGiven = event.amount === 0 && event.type === EVENT_TYPE.transfer;
  if (isLow && !isGiven) return 'amount_not_positive';
  return '';
}

/**
 * Judges the reversals booked on `day`, when all that was booked before has been: one of an event
 * that was itself rejected undoes nothing. Returns the places of the events that are undone.
 */
export function judgeReversals(
  arrived: readonly SimulatedEvent[],
  verdicts: Verdicts,
  day: EpochDay,
): number[] {
  const undone: number[] = [];
  for (const [index, event] of arrived.entries()) {
    if (event.type !== EVENT_TYPE.reversal || event.businessDate !== day) continue;
    if (verdicts[index] !== undefined) continue;
    const place = arrived.findIndex((other) => other.ref === event.of);
    const of = verdicts[place];
    if (of !== undefined && of.rule !== '' && !of.voided) {
      verdicts[index] = { rule: 'reversed_event_was_rejected', voided: false, cash: 0 };
      continue;
    }
    verdicts[index] = { rule: '', voided: false, cash: 0 };
    undone.push(place);
  }
  return undone;
}

/** The business days, ascending, on which an event becomes known after its value date. */
export function lateBusinessDays(
  arrived: readonly SimulatedEvent[],
  verdicts: Verdicts,
): EpochDay[] {
  const days: EpochDay[] = [];
  for (const [index, event] of arrived.entries()) {
    const late = event.valueDate < event.businessDate || event.type === EVENT_TYPE.reversal;
    if (!late || verdicts[index] !== undefined) continue;
    if (days[days.length - 1] !== event.businessDate) days.push(event.businessDate);
  }
  return days;
}
