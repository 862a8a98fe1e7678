import { EVENT_TYPE } from '../events/loan-event.js';
import type { EpochDay } from '../money/units.js';
import { changesThePast, type DatedEvent, effectOf } from './dated-event.js';

/**
 * The latest day before every effect of today's changes whose booked position knew all that is
 * known of it now: no event took effect by then and was booked later.
 */
export function baseDay(events: readonly DatedEvent[], today: EpochDay): EpochDay {
  let base = today - 1;
  for (const event of events) {
    if (event.businessDate !== today || !changesThePast(event)) continue;
    base = Math.min(base, effectOf(event, events) - 1);
  }
  return knowingDay(events, base);
}

/** The latest day up to `until` by whose close everything was booked that had taken effect. */
export function knowingDay(events: readonly DatedEvent[], until: EpochDay): EpochDay {
  const effects = events.map((event) => effectOf(event, events));
  let base = until;
  for (let settled = false; !settled; ) {
    settled = true;
    for (const [k, event] of events.entries()) {
      if (effects[k]! > base || event.businessDate <= base) continue;
      base = effects[k]! - 1;
      settled = false;
    }
  }
  return base;
}

/** The events of before `today` whose verdict a fold again from the close of `baseOn` asks for. */
export function eventsJudgedBefore(
  events: readonly DatedEvent[],
  baseOn: EpochDay,
  today: EpochDay,
): DatedEvent[] {
  const undone = new Set(events.map((event) => event.ofEventId));
  return events.filter((event) => {
    if (event.businessDate >= today) return false;
    const isFolded = event.valueDate > baseOn;
    return isFolded || undone.has(event.eventId) || event.type === EVENT_TYPE.reversal;
  });
}
