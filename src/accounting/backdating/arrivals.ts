import { EVENT_TYPE } from '../events/loan-event.js';
import { InvariantError } from '../money/refusal.js';
import type { EpochDay } from '../money/units.js';
import { changesThePast, type DatedEvent } from './dated-event.js';
import { isVoided, REVERSED, type Verdicts } from './verdict.js';

/** All events of a loan but its disbursement, and what became of those judged before. */
export interface LoanHistory {
  /** In order of arrival. */
  readonly events: readonly DatedEvent[];
  readonly verdicts: Verdicts;
}

/**
 * The rules of the late events and reversals booked on `date`, as far as no fold is needed: empty
 * where none refuses. A reversal of what was itself rejected undoes nothing, but of what was voided
 * it does: money that was kept goes back.
 */
export function judgeLate(
  { events, verdicts }: LoanHistory,
  date: EpochDay,
  bornOn: EpochDay,
): Map<number, string> {
  const rules = new Map<number, string>();
  for (const event of events) {
    if (event.businessDate !== date || !changesThePast(event)) continue;
    let rule = '';
    if (event.type === EVENT_TYPE.reversal) {
      const of = verdicts.get(event.ofEventId);
      const isKept = of === undefined || of.rule === '' || isVoided(of);
      if (!isKept) rule = 'reversed_event_was_rejected';
    } else if (event.valueDate < bornOn) rule = 'value_date_before_the_book';
    rules.set(event.eventId, rule);
  }
  return rules;
}

/** The events that reversals booked up to a day have undone; `rules` come before the verdicts. */
export function undoneBy(
  { events, verdicts }: LoanHistory,
  rules: ReadonlyMap<number, string>,
  until: EpochDay,
): Set<number> {
  const found = new Set<number>();
  for (const event of events) {
    if (event.type !== EVENT_TYPE.reversal || event.businessDate > until) continue;
    const rule = rules.get(event.eventId) ?? verdicts.get(event.eventId)?.rule ?? '';
    if (rule === '') found.add(event.ofEventId);
  }
  return found;
}

/** Throws InvariantError unless the event that a reversal names is one of the loan's. */
export function requireEvent(events: readonly DatedEvent[], reversal: DatedEvent): void {
  const { ofEventId } = reversal;
  if (events.some(({ eventId }) => eventId === ofEventId)) return;
  const evidence = { column: 'of_event_id', value: String(ofEventId) };
  throw new InvariantError('a row of event is damaged', evidence);
}

/** A newborn loan's events, by what is done with them. */
export interface FirstDay {
  /** To be folded. */
  readonly own: readonly DatedEvent[];
  /** Valued before the loan entered the book, by number. */
  readonly early: readonly number[];
  /** Reversals, and the events that they undo, each with its rule: they are not folded at all. */
  readonly reversed: ReadonlyMap<number, string>;
}

const NOTHING_YET: FirstDay = { own: [], early: [], reversed: new Map() };

/**
 * Sorts the events of a loan that is born: on the day itself a reversal undoes an event of the same
 * day, which then has never been. When the birth was held, days are missing that a reversal may
 * change: it goes with the events, to be rejected there.
 */
export function firstDay(
  events: readonly DatedEvent[],
  bornOn: EpochDay,
  today: EpochDay,
): FirstDay {
  if (events.length === 0) return NOTHING_YET;
  const reversed = new Map<number, string>();
  if (bornOn === today) {
    for (const event of events) {
      if (event.type !== EVENT_TYPE.reversal) continue;
      requireEvent(events, event);
      reversed.set(event.eventId, '');
      reversed.set(event.ofEventId, REVERSED);
    }
  }
  const left = events.filter(({ eventId }) => !reversed.has(eventId));
  const isEarly = (event: DatedEvent) => event.valueDate < bornOn;
  const early = left.filter(isEarly).map(({ eventId }) => eventId);
  return { own: left.filter((event) => !isEarly(event)), early, reversed };
}
