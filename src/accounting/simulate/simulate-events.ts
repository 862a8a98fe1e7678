import type { LoanHistory } from '../backdating/arrivals.js';
import { changesThePast, type DatedEvent } from '../backdating/dated-event.js';
import type { Verdict } from '../backdating/verdict.js';
import { EVENT_TYPE } from '../events/loan-event.js';
import type { EpochDay } from '../money/units.js';
import type { SimulatedEvent } from './simulate-input.js';

/** The events known at `through` in order of arrival: by business date, then as they were given. */
export function arrivalOrder(
  events: readonly SimulatedEvent[],
  through: EpochDay,
): SimulatedEvent[] {
  return events
    .filter((event) => event.businessDate <= through)
    .sort((a, b) => a.businessDate - b.businessDate);
}

/**
 * Rejects what an import would reject, by the place plus 1; the rest is not judged yet. `firstDay`
 * is the first one that is folded.
 */
export function judgeArrivals(
  arrived: readonly SimulatedEvent[],
  disbursedOn: EpochDay,
  firstDay: EpochDay,
): Map<number, Verdict> {
  const verdicts = new Map<number, Verdict>();
  const places = new Map<string, number>();
  const reversed = new Set<string>();
  for (const [index, event] of arrived.entries()) {
    let rule = refusalOf(event, { disbursedOn, firstDay }, places);
    if (event.type === EVENT_TYPE.reversal && rule === '') {
      const of = event.of ?? '';
      const place = places.get(of);
      if (place === undefined) rule = 'unknown_of';
      else if (arrived[place]!.type === EVENT_TYPE.reversal) rule = 'reversal_of_a_reversal';
      else if (reversed.has(of)) rule = 'already_reversed';
      else reversed.add(of);
    }
    if (!places.has(event.ref)) places.set(event.ref, index);
    if (rule !== '') verdicts.set(index + 1, { rule, cash: 0 });
  }
  return verdicts;
}

function refusalOf(
  event: SimulatedEvent,
  { disbursedOn, firstDay }: { readonly disbursedOn: EpochDay; readonly firstDay: EpochDay },
  places: ReadonlyMap<string, number>,
): string {
  if (places.has(event.ref)) return 'repeated_ref';
  if (event.valueDate > event.businessDate) return 'value_date_after_business_date';
  if (event.valueDate < disbursedOn) return 'value_date_before_disbursement';
  if (event.valueDate < firstDay) return 'value_date_before_the_book';
  const isLow = event.amount !== null && event.amount <= 0;
  // A loan may be sold for nothing.
  const isGiven = event.amount === 0 && event.type === EVENT_TYPE.transfer;
  if (isLow && !isGiven) return 'amount_not_positive';
  return '';
}

/**
 * The arrived events with their places plus 1 as numbers; a reversal undoes the first of its `of`.
 */
export function datedEvents(arrived: readonly SimulatedEvent[]): DatedEvent[] {
  return arrived.map((event, index) => {
    const { type, valueDate, businessDate, component, seq, dueOn, earlyPayment, ratePpb } = event;
    const ofEventId =
      type === EVENT_TYPE.reversal ? arrived.findIndex(({ ref }) => ref === event.of) + 1 : 0;
    const amount = event.amount ?? 0;
    const more = { component, seq, dueOn, earlyPayment, ratePpb };
    return { eventId: index + 1, type, amount, ...more, valueDate, businessDate, ofEventId };
  });
}

/** The business days, ascending, on which an event becomes known that changes the past. */
export function lateBusinessDays({ events, verdicts }: LoanHistory): EpochDay[] {
  const days: EpochDay[] = [];
  for (const event of events) {
    if (!changesThePast(event) || verdicts.has(event.eventId)) continue;
    if (days[days.length - 1] !== event.businessDate) days.push(event.businessDate);
  }
  return days;
}
