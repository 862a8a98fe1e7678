import { EVENT_TYPE, MONEY_TYPES } from '../../accounting/events/loan-event.js';
import {
  type FoldDays,
  foldRange,
  type LoanRun,
  type ValuedEvent,
  VOIDED,
  VOIDED_EVENT,
} from '../../accounting/fold/fold-range.js';
import type { LoanFile } from '../../accounting/fold/loan-terms-at-hand.js';
import { InvariantError } from '../../accounting/money/refusal.js';
import { type EpochDay, type Fen, NO_DAY } from '../../accounting/money/units.js';
import { DayFlow } from '../../accounting/posting/flow.js';
import { viewOf } from '../../db/copy/copy-tuple.js';
import { bear } from './birth.js';
import type { DayTerms } from './day-terms.js';
import { changesThePast, type DatedEvent, REVERSED } from './event-queue.js';
import { FlowSum } from './flow-sum.js';
import { type DeepLoan, type LoanPast, scheduleOn } from './loan-past.js';
import { PositionRow } from './position-row.js';
import { sameState } from './same-state.js';

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
 * Folds a loan again from the nearest day that no change reaches: once with what was known
 * yesterday, which must give the booked position, once with what is known now. The difference of
 * the two is what today posts (ARCHITECTURE 1: back-dating). Throws InvariantError when the first
 * does not equal the booked position: the loan is then held.
 */
export function refold(
  booked: PositionRow,
  loan: DeepLoan,
  date: EpochDay,
  days: DayTerms,
): Refolded {
  const past = loan.past;
  if (past === null) throw new InvariantError('the past of the loan was not loaded', {});
  const rules = judgeToday(loan, past, date);
  const undoneBefore = undone(past, rules, date - 1);
  const undoneNow = undone(past, rules, date);
  const difference = new FlowSum();
  const groupId = booked.position.groupId;
  const foldDays: FoldDays = {
    book: days.book,
    terms: (day) => days.fold(groupId, day),
  };
  const before = past.events.filter(({ businessDate }) => businessDate < date);
  const without = foldFromBase(loan, past, date, days, foldDays, {
    events: queue(before, past, undoneBefore),
    difference,
    sign: -1,
    onRefused: (event, rule) => {
      // Earlier engines posted one whose money found nothing to prepay: it stood in suspense too.
      if (rule === 'nothing_to_prepay') return;
      throw new InvariantError('a posted event no longer applies', { eventId: event.eventId });
    },
  });
  requireBooked(without, booked);
  const late = past.events.filter((event) => isLateNow(event, date, rules));
  const known = [...queue(before, past, undoneNow), ...queue(late, past, undoneNow)];
  const run = foldFromBase(loan, past, date, days, foldDays, {
    events: known.sort((a, b) => a.valueDate - b.valueDate),
    difference,
    sign: 1,
    onRefused: (event, rule) => {
      const wasPosted = past.verdicts.get(event.eventId)?.rule === '';
      rules.set(event.eventId, wasPosted ? VOIDED + rule : rule);
    },
  });
  for (const place of undoneNow) if (!undoneBefore.has(place)) rules.set(place, REVERSED);
  const onTime = past.events.filter(
    (event) =>
      event.businessDate === date && !changesThePast(event) && !undoneNow.has(event.eventId),
  );
  return { run, difference, rules, onTime };
}

/**
 * Folds a loan from birth through a day with all that is known of it, `past.events`: what was true
 * of that day, where `refold` says what has to be posted.
 */
export function foldAsKnown(loan: DeepLoan, through: EpochDay, days: DayTerms): LoanRun {
  const { past, birth } = loan;
  if (past === null) throw new InvariantError('the past of the loan was not loaded', {});
  const foldDays = { book: days.book, terms: (day: EpochDay) => days.fold(birth.groupId, day) };
  const gone = undone(past, new Map(), NO_DAY);
  return foldFromBase(loan, past, through + 1, days, foldDays, {
    events: queue(past.events, past, gone),
    difference: new FlowSum(),
    sign: 1,
    onRefused: () => undefined,
  });
}

function isLateNow(event: DatedEvent, date: EpochDay, rules: ReadonlyMap<number, string>): boolean {
  const isLate = event.businessDate === date && event.valueDate < date;
  return isLate && event.type !== EVENT_TYPE.reversal && (rules.get(event.eventId) ?? '') === '';
}

/** Judges what needs no fold: late events of before the book, reversals of what was rejected. */
function judgeToday(loan: DeepLoan, past: LoanPast, date: EpochDay): Map<number, string> {
  const rules = new Map<number, string>();
  for (const event of past.events) {
    if (event.businessDate !== date || !changesThePast(event)) continue;
    let rule = '';
    if (event.type === EVENT_TYPE.reversal) {
      const of = past.verdicts.get(event.ofEventId)?.rule ?? '';
      const isKept = of === '' || of.startsWith(VOIDED);
      if (!isKept) rule = 'reversed_event_was_rejected';
    } else if (event.valueDate < loan.birth.bornOn) rule = 'value_date_before_the_book';
    rules.set(event.eventId, rule);
  }
  return rules;
}

/** The events that reversals booked up to a day have undone. */
function undone(past: LoanPast, rules: ReadonlyMap<number, string>, until: EpochDay): Set<number> {
  const found = new Set<number>();
  for (const event of past.events) {
    if (event.type !== EVENT_TYPE.reversal || event.businessDate > until) continue;
    const rule = rules.get(event.eventId) ?? past.verdicts.get(event.eventId)?.rule ?? '';
    if (rule === '') found.add(event.ofEventId);
  }
  return found;
}

function queue(
  events: readonly DatedEvent[],
  past: LoanPast,
  gone: ReadonlySet<number>,
): ValuedEvent[] {
  const found: ValuedEvent[] = [];
  for (const event of events) {
    if (event.type === EVENT_TYPE.reversal || gone.has(event.eventId)) continue;
    if (event.valueDate <= past.baseOn) continue;
    const verdict = past.verdicts.get(event.eventId);
    const rule = verdict?.rule ?? '';
    const isVoided = rule.startsWith(VOIDED);
    if (rule !== '' && rule !== REVERSED && !isVoided) continue;
    const cash = MONEY_TYPES.has(event.type) ? verdict?.cash : undefined;
    const own = judged(event, isVoided ? VOIDED_EVENT : event.type, cash);
    found.push({ valueDate: event.valueDate, event: own });
  }
  return found.sort((a, b) => a.valueDate - b.valueDate);
}

/** Field by field: V8 leaves garbage of each spread event that only full collections see. */
function judged(event: DatedEvent, type: number, cash: Fen | undefined): DatedEvent {
  return {
    eventId: event.eventId,
    type,
    amount: event.amount,
    component: event.component,
    seq: event.seq,
    dueOn: event.dueOn,
    earlyPayment: event.earlyPayment,
    ratePpb: event.ratePpb,
    cash,
    valueDate: event.valueDate,
    businessDate: event.businessDate,
    ofEventId: event.ofEventId,
  };
}

interface Pass {
  readonly events: readonly ValuedEvent[];
  readonly difference: FlowSum;
  readonly sign: 1 | -1;
  /** Told of an event that is refused and was not before. */
  readonly onRefused: (event: DatedEvent, rule: string) => void;
}

function foldFromBase(
  loan: DeepLoan,
  past: LoanPast,
  date: EpochDay,
  days: DayTerms,
  foldDays: FoldDays,
  pass: Pass,
): LoanRun {
  const { birth } = loan;
  const flow = new DayFlow();
  const row = new PositionRow();
  let from = birth.bornOn;
  let born: LoanFile | null = null;
  if (past.baseOn < birth.bornOn) born = bear(row, birth, birth.bornOn, days, flow);
  else {
    if (past.base === null) throw new InvariantError('the position to fold from is gone', {});
    row.read(viewOf(past.base), 0, past.base);
    from = past.baseOn + 1;
  }
  const totals = row.openTotals();
  const { position } = row;
  const schedule = born?.schedule ?? scheduleOn(loan, from - 1).schedule();
  const file = { contract: birth.contract, schedule, changed: false, totals: () => totals };
  const run = { position, file, totals };
  const byId = new Map(past.events.map((event) => [event.eventId, event]));
  foldRange(run, { from, to: date - 1 }, pass.events, foldDays, flow, () => {
    pass.difference.add(flow, pass.sign);
    for (const { eventId, rule } of flow.outcomes) {
      const event = byId.get(eventId);
      if (rule === '' || event === undefined) continue;
      const isVoided = past.verdicts.get(eventId)?.rule.startsWith(VOIDED) === true;
      if (!isVoided) pass.onRefused(event, rule);
    }
  });
  return run;
}

/** The fold without today's changes must give what was booked, to the last byte. */
function requireBooked(run: LoanRun, booked: PositionRow): void {
  const again = new PositionRow();
  again.blank();
  Object.assign(again.position, run.position);
  for (const [k, total] of run.totals.entries()) again.totals[k] = total;
  again.position.scheduleVersion = booked.position.scheduleVersion;
  again.position.engineVersion = booked.position.engineVersion;
  // What coming rows still ask is noted by the first event that looks the schedule up; a fold that
  // has it at hand notes it sooner.
  const { special } = again.position;
  if (special !== null && booked.position.special?.askedLater === -1) {
    again.position.special = { ...special, askedLater: -1 };
  }
  if (sameState(again, booked)) return;
  throw new InvariantError('folding the past again does not give the booked position', {
    bookedPrincipal: booked.position.principal,
    foldedPrincipal: run.position.principal,
    bookedAccrued: booked.position.interestAccrued,
    foldedAccrued: run.position.interestAccrued,
    bookedSuspense: booked.position.suspense,
    foldedSuspense: run.position.suspense,
    bookedRefundDue: booked.position.refundDue,
    foldedRefundDue: run.position.refundDue,
  });
}
