import { EVENT_TYPE, type LoanEvent } from '../events/loan-event.js';
import type { EpochDay } from '../money/units.js';

/** An event with the day on which it took effect and the day on which it was booked. */
export interface DatedEvent extends LoanEvent {
  readonly valueDate: EpochDay;
  readonly businessDate: EpochDay;
  /** Of a reversal: the event that it undoes; 0 for every other type. */
  readonly ofEventId: number;
}

/** Whether an event changes days that are closed: the loan is then folded again. */
export function changesThePast(
  event: Pick<DatedEvent, 'type' | 'valueDate' | 'businessDate'>,
): boolean {
  return event.valueDate < event.businessDate || event.type === EVENT_TYPE.reversal;
}

/** The day on which an event takes effect: a reversal from that of the event that it undoes. */
export function effectOf(event: DatedEvent, events: readonly DatedEvent[]): EpochDay {
  if (event.type !== EVENT_TYPE.reversal) return event.valueDate;
  return events.find((other) => other.eventId === event.ofEventId)?.valueDate ?? event.valueDate;
}
