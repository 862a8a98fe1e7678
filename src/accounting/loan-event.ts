import { allocateDue, dueTotal } from './allocation.js';
import { BALANCE, type DayFlow, FEE, INTEREST, MOVEMENT, PRINCIPAL } from './flow.js';
import type { FoldTerms } from './fold-terms.js';
import { mulDivRound } from './money.js';
import { type Position, STATUS } from './position.js';
import { type Fen, NO_DAY, RATE_SCALE } from './units.js';

/** Event types by code; the codes are stored. */
export const EVENT_TYPE = { disbursement: 1, opening: 2, repayment: 3, settlement: 4 } as const;
export const EVENT_TYPE_NAMES = ['', 'disbursement', 'opening', 'repayment', 'settlement'] as const;

/** One fact about a loan, whose value date is the day being closed. */
export interface LoanEvent {
  readonly eventId: number;
  readonly type: number;
  /** Money received; 0 for a settlement that takes what is owed. */
  readonly amount: Fen;
}

/**
 * Applies one event. What can't apply is an outcome with its rule, and changes nothing: a refusal
 * is a value, not an exception. Rules: `loan_settled`, `settlement_short`, `amount_not_positive`,
 * `unknown_event_type`.
 */
export function applyEvent(
  position: Position,
  fold: FoldTerms,
  event: LoanEvent,
  flow: DayFlow,
): void {
  if (position.status === STATUS.settled || isSettledToday(position)) {
    flow.settle(event.eventId, 'loan_settled', 0, 0);
    return;
  }
  switch (event.type) {
    case EVENT_TYPE.repayment:
      repay(position, fold, event, flow);
      return;
    case EVENT_TYPE.settlement:
      settle(position, fold, event, flow);
      return;
    default:
      flow.settle(event.eventId, 'unknown_event_type', 0, 0);
  }
}

function isSettledToday(position: Position): boolean {
  return position.principal === 0 && position.nextSeq === 0 && dueTotal(position) === 0;
}

function repay(position: Position, fold: FoldTerms, event: LoanEvent, flow: DayFlow): void {
  if (event.amount <= 0) {
    flow.settle(event.eventId, 'amount_not_positive', 0, 0);
    return;
  }
  const order = position.accruing ? fold.accruing : fold.nonAccruing;
  const rest = allocateDue(position, order, event.amount, MOVEMENT.repayment, event.eventId, flow);
  toSuspense(position, rest, event, flow);
  flow.settle(event.eventId, '', event.amount - rest, rest);
}

function toSuspense(position: Position, amount: Fen, event: LoanEvent, flow: DayFlow): void {
  if (amount === 0) return;
  position.suspense += amount;
  flow.move(MOVEMENT.repayment, BALANCE.suspense, position.accruing, amount, event.eventId);
}

/**
 * Settlement: all that is due, in order; then all principal not yet due with its interest by
 * `prepayment.interest_to`, and the fee. What is paid beyond that goes to suspense (CONVENTIONS,
 * Events; practice D1).
 */
function settle(position: Position, fold: FoldTerms, event: LoanEvent, flow: DayFlow): void {
  const principal = position.principalNotDue;
  const interest = settlementInterest(position, fold);
  const fee = settlementFee(position, fold, principal);
  const due = dueTotal(position);
  const owed = due + principal + interest + fee;
  const amount = event.amount === 0 ? owed : event.amount;
  if (amount < owed) {
    flow.settle(event.eventId, 'settlement_short', 0, 0);
    return;
  }
  const id = event.eventId;
  const order = position.accruing ? fold.accruing : fold.nonAccruing;
  allocateDue(position, order, due, MOVEMENT.repayment, id, flow);
  const accrual = interest - position.interestAccrued;
  position.interestAccruedTotal += accrual;
  flow.interestAccrued += accrual;
  flow.principalBilled += principal;
  flow.interestBilled += interest;
  flow.interestSettled += interest;
  flow.feeBilled += fee;
  const { accruing } = position;
  flow.move(MOVEMENT.fee, BALANCE.fee, accruing, fee, id);
  for (const component of order.order) {
    if (component === PRINCIPAL && principal > 0) {
      flow.pay(id, 0, PRINCIPAL, principal);
      flow.move(MOVEMENT.repayment, BALANCE.principalNormal, accruing, principal, id);
    } else if (component === INTEREST && interest > 0) {
      flow.pay(id, 0, INTEREST, interest);
      flow.move(MOVEMENT.repayment, BALANCE.interestAccrued, accruing, interest, id);
    } else if (component === FEE && fee > 0) {
      flow.pay(id, 0, FEE, fee);
      flow.move(MOVEMENT.repayment, BALANCE.fee, accruing, fee, id);
    }
  }
  endSchedule(position, principal);
  toSuspense(position, amount - owed, event, flow);
  flow.settle(id, '', owed, amount - owed);
}

function endSchedule(position: Position, principal: Fen): void {
  position.principal -= principal;
  position.principalNotDue = 0;
  position.interestAccrued = 0;
  position.nextSeq = 0;
  position.nextDueOn = NO_DAY;
  position.periodStartOn = NO_DAY;
  position.nextPrincipal = 0;
  position.nextInterest = 0;
  position.periodUnits = 0;
}

function settlementInterest(position: Position, fold: FoldTerms): Fen {
  switch (fold.terms.prepayment.interestTo) {
    case 'value_date':
      return position.interestAccrued;
    case 'next_due':
      return position.nextInterest;
    default:
      return 0;
  }
}

function settlementFee(position: Position, fold: FoldTerms, principal: Fen): Fen {
  const fee = fold.terms.prepayment.fee;
  if (fee === null || principal === 0) return 0;
  if (fee.freeAfterPeriod !== null && position.nextSeq - 1 >= fee.freeAfterPeriod) return 0;
  let amount = mulDivRound(principal, fee.ratePpb, RATE_SCALE, fold.terms.interest.rounding);
  if (fee.minFen !== null && amount < fee.minFen) amount = fee.minFen;
  if (fee.maxFen !== null && amount > fee.maxFen) amount = fee.maxFen;
  return amount;
}
