import type { LoanEvent } from '../events/loan-event.js';
import type { EpochDay, Fen } from '../money/units.js';
import type { DayFlow } from '../posting/flow.js';
import { addFlow } from '../posting/totals.js';
import { installmentAt } from './billing.js';
import { closeDay } from './close-day.js';
import type { BookDay, FoldTerms } from './fold-terms.js';
import type { LoanFile } from './loan-terms-at-hand.js';
import type { Position } from './position.js';

/** A loan that is folded over more than one day, with its schedule and its lifetime totals. */
export interface LoanRun {
  readonly position: Position;
  readonly file: LoanFile;
  readonly totals: Fen[];
}

/** What the days of a fold share. */
export interface FoldDays {
  readonly book: (date: EpochDay) => BookDay;
  readonly terms: (date: EpochDay) => FoldTerms;
}

/** An event on the day on which it enters the fold. */
export interface ValuedEvent {
  readonly valueDate: EpochDay;
  readonly event: LoanEvent;
}

const NO_EVENTS: readonly LoanEvent[] = [];

/**
 * Closes every day from `from` to `to`, each event on its value date. `events` ascend by value
 * date, then arrival. `onDay` sees what each close left in `flow`, before the next one.
 */
export function foldRange(
  run: LoanRun,
  span: { readonly from: EpochDay; readonly to: EpochDay },
  events: readonly ValuedEvent[],
  days: FoldDays,
  flow: DayFlow,
  onDay: (date: EpochDay) => void,
): void {
  const { position, file, totals } = run;
  let queued = 0;
  while (queued < events.length && events[queued]!.valueDate < span.from) queued += 1;
  for (let date = span.from; date <= span.to; date += 1) {
    const first = queued;
    while (events[queued]?.valueDate === date) queued += 1;
    const todays =
      queued > first ? events.slice(first, queued).map((item) => item.event) : NO_EVENTS;
    const next =
      position.nextDueOn === date ? installmentAt(file.schedule, position.nextSeq) : null;
    closeDay(position, days.book(date), days.terms(date), todays, next, flow, file);
    if (flow.touched) addFlow(totals, flow);
    onDay(date);
  }
}
