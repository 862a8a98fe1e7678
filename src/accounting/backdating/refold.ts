import { EVENT_TYPE } from '../events/loan-event.js';
import { type FoldDays, foldRange, type LoanRun, type ValuedEvent } from '../fold/fold-range.js';
import { InvariantError } from '../money/refusal.js';
import type { EpochDay } from '../money/units.js';
import { DayFlow, type EventOutcome } from '../posting/flow.js';
import { judgeLate, type LoanHistory, undoneBy } from './arrivals.js';
import { changesThePast, type DatedEvent } from './dated-event.js';
import { FlowSum } from './flow-sum.js';
import { knownQueue } from './known-queue.js';
import { isVoided, REVERSED, verdictAfter } from './verdict.js';

/** What was booked for a loan whose past changes. */
export interface Past extends LoanHistory {
  /** The last kept day that none of the changes reaches; before `bornOn`: fold from birth. */
  readonly baseOn: EpochDay;
}

/** Where a loan's past is folded again from. */
export interface PastStart {
  readonly bornOn: EpochDay;
  /** The first day to close. */
  readonly from: EpochDay;
  /** The loan as of the evening before, made anew by each call. */
  readonly open: () => LoanRun;
  readonly days: FoldDays;
  /** Splits the days of a joint loan; left out: the lender has all of it. */
  readonly split?: () => DaySplit;
}

/** Splits what each close did to a joint loan among its parties. */
export interface DaySplit {
  /** The loan before a day. */
  open(run: LoanRun): void;
  /** And behind it. */
  close(run: LoanRun, flow: DayFlow): void;
}

/** A past folded again: what stands now, and by what it differs from what was booked. */
export interface Refolded {
  readonly run: LoanRun;
  readonly difference: FlowSum;
  /** Rules of today's late events and reversals, and of earlier ones that changed. */
  readonly rules: ReadonlyMap<number, string>;
  /** Today's events that are still to be applied on their own day. */
  readonly onTime: readonly DatedEvent[];
}

/**
 * Folds a loan again from the nearest day that no change reaches through the day before `date`:
 * once with what was known then, which `requireBooked` holds against the booked position, once with
 * what is known now. The difference of the two is what `date` posts. Throws InvariantError, as
 * `requireBooked` does: the loan is then held.
 */
export function refold(
  past: Past,
  start: PastStart,
  date: EpochDay,
  requireBooked: (run: LoanRun) => void,
): Refolded {
  const { events, verdicts, baseOn } = past;
  const rules = judgeLate(past, date, start.bornOn);
  const undoneBefore = undoneBy(past, rules, date - 1);
  const undoneNow = undoneBy(past, rules, date);
  const difference = new FlowSum();
  const through = date - 1;
  const before = events.filter(({ businessDate }) => businessDate < date);
  const asBooked = knownQueue(before, { verdicts, undone: undoneBefore, baseOn });
  const booked = replay(start, through, asBooked, (flow) => {
    difference.add(flow, -1);
    for (const outcome of flow.outcomes) requireStillPosted(past, outcome);
  });
  requireBooked(booked);
  const late = events.filter((event) => isLateOn(event, date) && rules.get(event.eventId) === '');
  const asKnown = knownQueue([...before, ...late], { verdicts, undone: undoneNow, baseOn });
  const run = replay(start, through, asKnown, (flow) => {
    difference.add(flow, 1);
    for (const outcome of flow.outcomes) {
      const { rule = '' } = verdictAfter(verdicts.get(outcome.eventId), outcome) ?? {};
      if (rule !== '') rules.set(outcome.eventId, rule);
    }
  });
  for (const eventId of undoneNow) if (!undoneBefore.has(eventId)) rules.set(eventId, REVERSED);
  const onTime = events.filter(
    (event) =>
      event.businessDate === date && !changesThePast(event) && !undoneNow.has(event.eventId),
  );
  return { run, difference, rules, onTime };
}

/** The loan through a day with every event given; `onDay` sees what each close left. */
export function replay(
  { from, open, days, split }: PastStart,
  through: EpochDay,
  events: readonly ValuedEvent[],
  onDay: (flow: DayFlow, date: EpochDay) => void,
): LoanRun {
  const flow = new DayFlow();
  const run = open();
  const day = split?.();
  day?.open(run);
  foldRange(run, { from, to: through }, events, days, flow, (date) => {
    day?.close(run, flow);
    onDay(flow, date);
    day?.open(run);
  });
  return run;
}

function isLateOn({ businessDate, valueDate, type }: DatedEvent, date: EpochDay): boolean {
  return businessDate === date && valueDate < date && type !== EVENT_TYPE.reversal;
}

function requireStillPosted({ verdicts }: Past, { eventId, rule }: EventOutcome): void {
  if (rule === '' || isVoided(verdicts.get(eventId))) return;
  // Earlier engines posted one whose money found nothing to prepay: it stood in suspense too.
  if (rule === 'nothing_to_prepay') return;
  throw new InvariantError('a posted event no longer applies', { eventId });
}
