import { lastFreeDay } from '../calendar/calendar.js';
import { allocateDue } from '../events/allocation.js';
import { InvariantError } from '../money/refusal.js';
import { type EpochDay, type Fen, NO_DAY } from '../money/units.js';
import {
  BALANCE,
  type DayFlow,
  DOWN_PAYMENT_EVENT,
  FEE,
  MOVEMENT,
  PENALTY,
  SUSPENSE_EVENT,
} from '../posting/flow.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import { accruedInterest, interestMet, principalMet, specialOf, unsettle } from './ahead.js';
import type { BookDay, FoldTerms } from './fold-terms.js';
import type { AheadInstallment, Position } from './position.js';

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
 * The running instalment becomes due; the next one starts to run. On due dates, and on no other
 * day, money held for the customer pays what is due.
 */
export function billInstallment(
  position: Position,
  book: BookDay,
  fold: FoldTerms,
  next: NextInstallment | null,
  flow: DayFlow,
): void {
  bill(position, book, fold, next, flow);
  payDownPayment(position, book, fold, flow);
  if (position.suspense > 0) useSuspense(position, book, fold, flow);
}

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
  if (position.engineVersion === 0) levelOpened(position, flow);
  const accrued = accruedInterest(position);
  const carried = fold.recalculates ? accrued - interest : 0;
  if (position.nextDueOn !== date || accrued !== interest + carried) {
    throw new InvariantError('the running instalment is not accrued to its due date', {
      seq,
      dueOn: position.nextDueOn,
      scheduled: interest,
      accrued,
    });
  }
  const ahead = position.special === null ? undefined : takeAhead(position, seq);
  const principalOpen = principal - principalMet(ahead);
  const metInterest = interestMet(ahead);
  const charged = billCharges(position, ahead, seq, flow);
  const asked = principalOpen + interest - metInterest + charged.fee + charged.penalty;
  if (position.special !== null && position.special.askedLater > 0) {
    position.special.askedLater -= asked;
  }
  if (asked > 0) {
    const { graceDays, postpone } = fold.terms.penalty;
    position.open.push({
      seq,
      dueOn: date,
      lastFreeOn: lastFreeDay(date, graceDays, postpone, book.calendar),
      missed: false,
      overdue: false,
      principalDue: principal,
      principalOpen,
      interestDue: interest,
      interestOpen: interest - metInterest,
      feeDue: charged.fee,
      feeOpen: charged.fee,
      penalty: { due: 0, open: charged.penalty, whole: 0, rest: 0 },
      compound: { due: 0, open: 0, whole: 0, rest: 0 },
      penaltyCharged: charged.penalty,
      countsFrom: 0,
    });
  }
  position.principalNotDue -= principal;
  position.interestAccrued -= interest - metInterest;
  position.interestDue += interest - metInterest;
  flow.principalBilled += principal;
  flow.interestBilled += interest;
  flow.interestSettled += metInterest;
  flow.touched = true;
  startPeriod(position, date, next);
  if (carried !== 0) carryOn(position, carried);
  if (position.principalNotDue > 0 && position.nextSeq === 0) {
    throw new InvariantError('principal is left without an instalment', {
      seq,
      principalNotDue: position.principalNotDue,
      nextSeq: position.nextSeq,
    });
  }
}

/**
 * The first close of a loan whose running instalment is due on it: no night was left to level what
 * it came with as accrued.
 */
function levelOpened(position: Position, flow: DayFlow): void {
  const lacking = position.nextInterest - accruedInterest(position);
  position.interestAccrued += lacking;
  position.interestAccruedTotal += lacking;
  flow.interestAccrued += lacking;
}

/** Makes `next` the running instalment, its period beginning on `start`; null: none is left. */
export function startPeriod(
  position: Position,
  start: EpochDay,
  next: NextInstallment | null,
): void {
  position.periodUnits = 0;
  if (position.special !== null) unsettle(position.special);
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

/** Recalculation: interest that an instalment did not ask goes on, and lapses behind the last. */
function carryOn(position: Position, carried: Fen): void {
  specialOf(position).carried = carried;
}

/** What was done ahead for the instalment that becomes due. */
function takeAhead(position: Position, seq: number): AheadInstallment | undefined {
  const ahead = position.special?.ahead ?? [];
  return ahead[0]?.seq === seq ? ahead.shift() : undefined;
}

/** Charges that waited for the instalment are income now, and owed. */
function billCharges(
  position: Position,
  ahead: AheadInstallment | undefined,
  seq: number,
  flow: DayFlow,
): { fee: Fen; penalty: Fen } {
  const fee = ahead === undefined ? 0 : ahead.feeDue - ahead.feeMet;
  const penalty = ahead === undefined ? 0 : ahead.penaltyDue - ahead.penaltyMet;
  if (fee > 0) {
    flow.charge(SUSPENSE_EVENT, seq, FEE, fee);
    flow.move(MOVEMENT.fee, BALANCE.fee, position.accruing, fee, 0);
    position.feeDue += fee;
  }
  if (penalty > 0) {
    flow.charge(SUSPENSE_EVENT, seq, PENALTY, penalty);
    flow.move(MOVEMENT.fee, BALANCE.penalty, position.accruing, penalty, 0);
    position.penaltyDue += penalty;
  }
  return { fee, penalty };
}

/** A down payment that is paid when the loan is disbursed. */
function payDownPayment(
  position: Position,
  { date }: BookDay,
  { terms, accruing }: FoldTerms,
  flow: DayFlow,
): void {
  const first = position.open[0];
  if (terms.repayment.downPayment?.automatic !== true) return;
  if (first === undefined || first.seq !== 1 || first.dueOn !== date) return;
  const payment = { kind: MOVEMENT.repayment, eventId: DOWN_PAYMENT_EVENT, date };
  allocateDue(position, accruing, first.principalOpen, payment, flow);
}

/** On a due date, money held for the customer pays what is due. */
function useSuspense(position: Position, book: BookDay, fold: FoldTerms, flow: DayFlow): void {
  const order = position.accruing ? fold.accruing : fold.nonAccruing;
  const payment = { kind: MOVEMENT.suspenseUse, eventId: SUSPENSE_EVENT, date: book.date };
  position.suspense = allocateDue(position, order, position.suspense, payment, flow);
}
