import { accruedAndOwed, accruedInterest, specialOf } from './ahead.js';
import { endSchedule } from './close-out.js';
import { type EventScene, fileOf } from './event-scene.js';
import { exactRound } from './exact-round.js';
import {
  BALANCE,
  COMPONENTS,
  COMPOUND,
  FEE,
  INTEREST,
  MOVEMENT,
  PENALTY,
  PRINCIPAL,
} from './flow.js';
import { layRestAgain, principalLeft } from './lay-again.js';
import type { LoanEvent } from './loan-event.js';
import { STATUS } from './position.js';
import { takePrincipal } from './prepayment.js';
import { cappedUnits } from './running-period.js';
import { type Fen, FLAT_SCALE, NO_DAY } from './units.js';

/**
 * The merchant gives money back (CONVENTIONS, Events: merchant_refund; practice D4): all of it undoes
 * the loan; a part reduces the principal not yet due, this period's accrual on it is reversed and
 * the schedule laid again. An amount of 0 is all. Returns the rule that refuses it, or nothing.
 */
export function applyMerchantRefund(scene: EventScene, event: LoanEvent): string {
  const { contract } = fileOf(scene);
  if (event.amount > contract.principal) return 'refund_above_loan';
  if (event.amount === 0 || event.amount === contract.principal) cancel(scene, event.eventId);
  else refundPart(scene, event.amount, event.eventId);
  return '';
}

function refundPart(scene: EventScene, amount: Fen, eventId: number): void {
  const { position, flow } = scene;
  const { accruing } = position;
  const principal = Math.min(amount, principalLeft(scene));
  const over = amount - principal;
  if (over > 0) {
    position.suspense += over;
    flow.move(MOVEMENT.merchantRefund, BALANCE.suspense, accruing, over, eventId);
  }
  if (principal === 0) return;
  const reversed = accruedOn(scene, principal);
  position.interestAccrued -= reversed;
  position.interestAccruedTotal -= reversed;
  flow.interestAccrued -= reversed;
  flow.refund(eventId, principal);
  flow.move(MOVEMENT.merchantRefund, BALANCE.principalNormal, accruing, principal, eventId);
  const before = position.principalNotDue;
  takePrincipal(scene, principal, before);
  if (position.principalNotDue > 0) layRestAgain(scene, 'term', eventId);
  else endSchedule(scene);
}

/** What this period has accrued on a part of the principal, at most all that it has accrued. */
function accruedOn(scene: EventScene, principal: Fen): Fen {
  const { position, fold } = scene;
  const units = cappedUnits(position, fold, fileOf(scene));
  const unsettled = Math.max(units - (position.special?.settledUnits ?? 0), 0);
  const flat = position.special?.flatBase ?? 0;
  const mode = fold.terms.interest.rounding;
  const interest =
    flat === 0
      ? exactRound([principal, unsettled], [fold.denominator], mode)
      : exactRound(
          [principal, flat, unsettled],
          [fold.denominator, position.principalNotDue, FLAT_SCALE],
          mode,
        );
  return Math.min(interest, accruedAndOwed(position));
}

/** The loan is as if it had never been; what was received for it is held for the customer. */
function cancel(scene: EventScene, eventId: number): void {
  const { position, flow } = scene;
  const file = fileOf(scene);
  const totals = file.totals();
  const { accruing } = position;
  const sum = (component: number, kind: 0 | 1 | 2) => totals[4 * component + kind] ?? 0;
  let received = 0;
  for (let component = 0; component < COMPONENTS.length; component += 1) {
    const paid = sum(component, 1) + flow.paid[component]!;
    const waived = sum(component, 2) + flow.waived[component]!;
    const balance = UNPAID_BALANCE[component]!;
    if (paid !== 0) {
      flow.pay(eventId, 0, component, -paid);
      flow.move(MOVEMENT.repayment, balance, accruing, -paid, eventId);
    }
    if (waived !== 0) {
      flow.waive(eventId, 0, component, -waived);
      flow.move(MOVEMENT.waiver, balance, accruing, -waived, eventId);
    }
    received += paid;
  }
  position.suspense += received;
  flow.move(MOVEMENT.repayment, BALANCE.suspense, accruing, received, eventId);
  reverseCharges(scene, totals, eventId);
  reverseAccrual(scene, totals);
  const { principalOverdue: overdue } = position;
  flow.refund(eventId, file.contract.principal);
  const normal = file.contract.principal - overdue;
  flow.move(MOVEMENT.merchantRefund, BALANCE.principalNormal, accruing, normal, eventId);
  flow.move(MOVEMENT.merchantRefund, BALANCE.principalOverdue, accruing, overdue, eventId);
  clear(scene);
}

/** Where a component is put back before it is reversed. */
const UNPAID_BALANCE: Record<number, number> = {
  [PRINCIPAL]: BALANCE.principalNormal,
  [INTEREST]: BALANCE.interestAccrued,
  [PENALTY]: BALANCE.penalty,
  [COMPOUND]: BALANCE.compound,
  [FEE]: BALANCE.fee,
};

function reverseCharges(scene: EventScene, totals: readonly Fen[], eventId: number): void {
  const { position, flow } = scene;
  const fees = (totals[4 * FEE] ?? 0) + flow.charged[FEE]!;
  if (fees === 0) return;
  flow.charge(eventId, 0, FEE, -fees);
  flow.move(MOVEMENT.fee, BALANCE.fee, position.accruing, -fees, eventId);
}

function reverseAccrual({ position, flow }: EventScene, totals: readonly Fen[]): void {
  const stillDue = position.interestDue;
  flow.interestBilled -= stillDue;
  flow.interestAccrued -= position.interestAccruedTotal;
  flow.penaltyAccrued -= (totals[4 * PENALTY] ?? 0) + flow.charged[PENALTY]!;
  flow.compoundAccrued -= totals[4 * COMPOUND] ?? 0;
  flow.touched = true;
}

function clear(scene: EventScene): void {
  const { position } = scene;
  if (accruedInterest(position) !== 0) position.interestAccrued = 0;
  specialOf(position).ahead = [];
  endSchedule(scene);
  position.status = STATUS.cancelled;
  position.open = [];
  position.principal = 0;
  position.principalNotDue = 0;
  position.principalOverdue = 0;
  position.interestAccrued = 0;
  position.interestAccruedTotal = 0;
  position.interestDue = 0;
  position.penaltyDue = 0;
  position.compoundDue = 0;
  position.feeDue = 0;
  position.oldestDueOn = NO_DAY;
  position.oldestFreeOn = NO_DAY;
}
