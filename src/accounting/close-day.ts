import { accrueInterest, accruePenalty } from './accrual.js';
import { allocateDue } from './allocation.js';
import { lastFreeDay } from './calendar.js';
import { BALANCE, type DayFlow, MOVEMENT } from './flow.js';
import type { BookDay, FoldTerms } from './fold-terms.js';
import { applyEvent, type LoanEvent } from './loan-event.js';
import { type Position, STATUS } from './position.js';
import { InvariantError } from './refusal.js';
import type { Schedule } from './schedule-rows.js';
import { type EpochDay, type Fen, NO_DAY } from './units.js';

/** Goes up when the same input may give another position. */
export const ENGINE_VERSION = 1;

/** The instalment after the running one, as the schedule has it. */
export interface NextInstallment {
  readonly seq: number;
  readonly dueOn: EpochDay;
  readonly principal: Fen;
  readonly interest: Fen;
}

/** The instalment at `index` of a schedule; null behind its end. */
export function installmentAt(schedule: Schedule, index: number): NextInstallment | null {
  const dueOn = schedule.dueOn[index];
  if (dueOn === undefined) return null;
  return {
    seq: index + 1,
    dueOn,
    principal: schedule.principal[index]!,
    interest: schedule.interest[index]!,
  };
}

/**
 * Closes one business day for one loan: `position` enters as of the day before and leaves as of
 * `book.date`; all else that the day did is left in `flow`. The order is that of CONVENTIONS
 * (Closing day D): due, suspense, events in order of arrival, the night, ageing. Nothing is read
 * but the arguments. `next` is the instalment after the running one and is asked for only when the
 * running one falls due. Throws InvariantError when the loan can't be folded; the caller then holds
 * the loan and drops both objects.
 */
export function closeDay(
  position: Position,
  book: BookDay,
  fold: FoldTerms,
  events: readonly LoanEvent[],
  next: NextInstallment | null,
  flow: DayFlow,
): void {
  const { date } = book;
  flow.reset();
  flow.accruing = position.accruing;
  if (position.nextDueOn <= date) {
    bill(position, book, fold, next, flow);
    if (position.suspense > 0) useSuspense(position, fold, flow);
  }
  for (const event of events) applyEvent(position, fold, event, flow);
  if (position.nextSeq !== 0) accrueInterest(position, fold, date, flow);
  if (position.open.length > 0) {
    accruePenalty(position, fold, date, flow);
    dropPaid(position);
  }
  age(position, book, flow);
  position.businessDate = date;
  position.foldedOn = date;
  position.engineVersion = ENGINE_VERSION;
}

/** The running instalment becomes due; the next one starts to run. */
function bill(
  position: Position,
  book: BookDay,
  fold: FoldTerms,
  next: NextInstallment | null,
  flow: DayFlow,
): void {
  const { date } = book;
  const seq = position.nextSeq;
  const principal = position.nextPrincipal;
  const interest = position.nextInterest;
  if (position.nextDueOn !== date || position.interestAccrued !== interest) {
    throw new InvariantError('the running instalment is not accrued to its due date', {
      seq,
      dueOn: position.nextDueOn,
      scheduled: interest,
      accrued: position.interestAccrued,
    });
  }
  if (principal + interest > 0) {
    const { graceDays, postpone } = fold.terms.penalty;
    position.open.push({
      seq,
      dueOn: date,
      lastFreeOn: lastFreeDay(date, graceDays, postpone, book.calendar),
      missed: false,
      overdue: false,
      principalDue: principal,
      principalOpen: principal,
      interestDue: interest,
      interestOpen: interest,
      feeDue: 0,
      feeOpen: 0,
      penalty: { due: 0, open: 0, whole: 0, rest: 0 },
      compound: { due: 0, open: 0, whole: 0, rest: 0 },
    });
  }
  position.principalNotDue -= principal;
  position.interestAccrued = 0;
  position.interestDue += interest;
  flow.principalBilled += principal;
  flow.interestBilled += interest;
  flow.touched = true;
  startPeriod(position, date, next);
  if (position.principalNotDue > 0 !== (position.nextSeq !== 0)) {
    throw new InvariantError('principal is left without an instalment, or the reverse', {
      seq,
      principalNotDue: position.principalNotDue,
      nextSeq: position.nextSeq,
    });
  }
}

/** Makes `next` the running instalment, its period beginning on `start`; null: none is left. */
export function startPeriod(
  position: Position,
  start: EpochDay,
  next: NextInstallment | null,
): void {
  position.periodUnits = 0;
  if (next === null) {
    position.nextSeq = 0;
    position.periodStartOn = NO_DAY;
    position.nextDueOn = NO_DAY;
    position.nextPrincipal = 0;
    position.nextInterest = 0;
    return;
  }
  position.nextSeq = next.seq;
  position.periodStartOn = start;
  position.nextDueOn = next.dueOn;
  position.nextPrincipal = next.principal;
  position.nextInterest = next.interest;
}

/** On a due date, money held for the customer pays what is due. */
function useSuspense(position: Position, fold: FoldTerms, flow: DayFlow): void {
  const order = position.accruing ? fold.accruing : fold.nonAccruing;
  const held = position.suspense;
  position.suspense = allocateDue(position, order, held, MOVEMENT.suspenseUse, 0, flow);
}

function dropPaid(position: Position): void {
  const { open } = position;
  let kept = 0;
  for (const installment of open) {
    const isOpen =
      installment.principalOpen > 0 ||
      installment.interestOpen > 0 ||
      installment.penalty.open > 0 ||
      installment.compound.open > 0 ||
      installment.feeOpen > 0;
    if (isOpen) {
      open[kept] = installment;
      kept += 1;
    }
  }
  open.length = kept;
}

/** Days past due, M bucket, class, overdue principal, accruing or not, status. */
function age(position: Position, book: BookDay, flow: DayFlow): void {
  const { date, policy } = book;
  const { open } = position;
  let notDue = position.principal;
  position.daysPastDue = 0;
  if (open.length === 0) {
    position.oldestDueOn = NO_DAY;
    position.oldestFreeOn = NO_DAY;
  } else {
    const oldest = open[0]!;
    position.oldestDueOn = oldest.dueOn;
    position.oldestFreeOn = oldest.lastFreeOn;
    if (date > oldest.lastFreeOn) position.daysPastDue = date - oldest.dueOn;
    for (const installment of open) {
      notDue -= installment.principalOpen;
      if (installment.overdue || date <= installment.lastFreeOn) continue;
      installment.overdue = true;
      position.principalOverdue += installment.principalOpen;
      const moved = installment.principalOpen;
      flow.move(MOVEMENT.overdue, BALANCE.principalOverdue, position.accruing, moved, 0);
    }
  }
  if (notDue !== position.principalNotDue) {
    throw new InvariantError('principal is not the sum of its parts', {
      principal: position.principal,
      principalNotDue: position.principalNotDue,
      principalOpen: position.principal - notDue,
    });
  }
  classify(position, policy.classDays);
  switchAccruing(position, policy.nonAccrualAfter, flow);
  position.status = statusOf(position);
}

function classify(position: Position, classDays: readonly number[]): void {
  const days = position.daysPastDue;
  let classification = 0;
  while (classification < classDays.length && days > classDays[classification]!) {
    classification += 1;
  }
  position.classification = classification;
  position.overdueBucket = days > 180 ? 7 : Math.ceil(days / 30);
}

/**
 * Non-accrual begins when days past due exceed the limit; the way back is open when no interest,
 * penalty or compound is due and days past due are within it. What is accrued and not received
 * moves off the balance sheet, or back (CONVENTIONS, Non-accrual; practice C4, E7).
 */
function switchAccruing(position: Position, nonAccrualAfter: number, flow: DayFlow): void {
  const late = position.daysPastDue > nonAccrualAfter;
  const owesInterest = position.interestDue + position.penaltyDue + position.compoundDue > 0;
  const accruing = !late && (position.accruing || !owesInterest);
  if (accruing === position.accruing) return;
  const kind = accruing ? MOVEMENT.accrualBack : MOVEMENT.nonAccrual;
  flow.move(kind, BALANCE.interestAccrued, accruing, position.interestAccrued, 0);
  flow.move(kind, BALANCE.interestDue, accruing, position.interestDue, 0);
  flow.move(kind, BALANCE.penalty, accruing, position.penaltyDue, 0);
  flow.move(kind, BALANCE.compound, accruing, position.compoundDue, 0);
  position.accruing = accruing;
}

function statusOf(position: Position): Position['status'] {
  if (position.principal === 0 && position.open.length === 0 && position.nextSeq === 0) {
    return STATUS.settled;
  }
  return position.daysPastDue > 0 ? STATUS.overdue : STATUS.normal;
}
