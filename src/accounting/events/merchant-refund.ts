import { specialOf } from '../fold/ahead.js';
import { STATUS } from '../fold/position.js';
import { type Fen, NO_DAY } from '../money/units.js';
import {
  BALANCE,
  COMPONENTS,
  COMPOUND,
  FEE,
  INTEREST,
  MOVEMENT,
  PENALTY,
  PRINCIPAL,
} from '../posting/flow.js';
import { PENALTY_CHARGED } from '../posting/totals.js';
import { endSchedule, zeroBalances } from './close-out.js';
import { type EventScene, fileOf } from './event-scene.js';
import { accruedOn } from './interest-base.js';
import type { LoanEvent } from './loan-event.js';
import { layLeft, takePrincipal } from './principal-reduction.js';

/**
 * The merchant gives money back (CONVENTIONS, Events: merchant_refund; practice D4): all of it
 * undoes the loan; a part reduces the principal not yet due, this period's accrual on it is
 * reversed and the schedule laid again. An amount of 0 is all. Returns the rule that refuses it, or
 * nothing.
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
  const principal = Math.min(amount, position.principalNotDue);
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
  takePrincipal(scene, principal);
  layLeft(scene, 'term', eventId);
}

/** The loan is as if it had never been; what was received for it is held for the customer. */
function cancel(scene: EventScene, eventId: number): void {
  const { position, flow } = scene;
  const totals = fileOf(scene).totals();
  const { accruing } = position;
  const sum = (component: number, kind: 0 | 1 | 2) => totals[4 * component + kind] ?? 0;
  let received = 0;
  // What the merchant still gives back: less than the loan where a part was refunded before.
  let refunded = position.principal;
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
    if (component === PRINCIPAL) refunded += paid + waived;
  }
  position.suspense += received;
  flow.move(MOVEMENT.repayment, BALANCE.suspense, accruing, received, eventId);
  reverseCharges(scene, totals, eventId);
  reverseAccrual(scene, totals);
  const { principalOverdue: overdue } = position;
  flow.refund(eventId, refunded);
  const normal = refunded - overdue;
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
  for (const [component, at, balance] of [
    [FEE, 4 * FEE, BALANCE.fee],
    [PENALTY, PENALTY_CHARGED, BALANCE.penalty],
  ] as const) {
    const charged = (totals[at] ?? 0) + flow.charged[component]!;
    if (charged === 0) continue;
    flow.charge(eventId, 0, component, -charged);
    flow.move(MOVEMENT.fee, balance, position.accruing, -charged, eventId);
  }
}

function reverseAccrual({ position, flow }: EventScene, totals: readonly Fen[]): void {
  const stillDue = position.interestDue;
  flow.interestBilled -= stillDue;
  flow.interestAccrued -= position.interestAccruedTotal;
  flow.penaltyAccrued -= (totals[4 * PENALTY] ?? 0) - (totals[PENALTY_CHARGED] ?? 0);
  flow.compoundAccrued -= totals[4 * COMPOUND] ?? 0;
  flow.touched = true;
}

function clear(scene: EventScene): void {
  const { position } = scene;
  specialOf(position).ahead = [];
  endSchedule(scene);
  position.status = STATUS.cancelled;
  position.accruing = true;
  position.open = [];
  zeroBalances(position);
  position.interestAccruedTotal = 0;
  position.oldestDueOn = NO_DAY;
  position.oldestFreeOn = NO_DAY;
}
