import { accruedInterest, specialOf } from '../fold/ahead.js';
import { askedFactor, isBelow, nightShare, spreadShare } from '../fold/running-period.js';
import type { Factor } from '../money/fraction.js';
import { type EpochDay, type Fen, NO_DAY } from '../money/units.js';
import { BALANCE, FEE, INTEREST, MOVEMENT, PRINCIPAL } from '../posting/flow.js';
import { dueTotal } from './allocation.js';
import { type CloseOut, charge, payCloseOut, prepayAllOf } from './close-out.js';
import { type EventScene, fileOf } from './event-scene.js';
import { accruedOn, interestOf } from './interest-base.js';
import type { LoanEvent } from './loan-event.js';
import { prepaymentFee } from './prepayment-fee.js';
import { layLeft, takePrincipal } from './principal-reduction.js';
import { payRefundDue, toSuspense } from './refund-due.js';

/** What a prepayment of some principal takes beside it. */
interface Part {
  readonly principal: Fen;
  /** Interest paid with it. */
  readonly interest: Fen;
  /** What of it, or of a reversal, leaves the accrued interest. */
  readonly fromAccrued: Fen;
  readonly fee: Fen;
}

/** A prepayment of some principal and all that it takes; `out`: of all that is not yet due. */
type Plan = { readonly cost: Fen } & ({ readonly part: Part } | { readonly out: CloseOut });

/**
 * Prepayment of the event's amount of principal (CONVENTIONS, Events; practice D2): interest by
 * `prepayment.interest_to`, the fee, then the rest of the schedule laid again; what is owed for a
 * refund comes on top. Principal beyond what is not yet due goes to suspense. Folded again, its
 * cash pays that, or the largest amount that it covers, and the rest goes to suspense. Returns the
 * rule that refuses it, or nothing.
 */
export function prepay(scene: EventScene, event: LoanEvent): string {
  const { position, book } = scene;
  const { amount, eventId, cash } = event;
  const left = position.principalNotDue;
  if (dueTotal(position) > 0) return 'due_and_open';
  if (left === 0) return 'nothing_to_prepay';
  const asked = planOf(scene, Math.min(amount, left));
  const money = cash ?? position.refundDue + asked.cost + Math.max(amount - left, 0);
  const own = money - Math.min(money, position.refundDue);
  const plan = asked.cost <= own ? asked : largestWithin(scene, own);
  if (plan === null) return 'nothing_to_prepay';
  payRefundDue(scene, money, { kind: MOVEMENT.repayment, eventId, date: book.date });
  payPlan(scene, plan, eventId);
  toSuspense(scene, own - plan.cost, eventId);
  return '';
}

/**
 * Spends `money` on principal not yet due, its interest and its fee: on all of it where that fits,
 * else on the largest amount below which every smaller one fits. Returns what is left.
 */
export function prepayWith(scene: EventScene, money: Fen, eventId: number): Fen {
  const plan = scene.position.principalNotDue === 0 ? null : largestWithin(scene, money);
  if (plan === null) return money;
  payPlan(scene, plan, eventId);
  return money - plan.cost;
}

/** Null: the money covers no principal at all. */
function largestWithin(scene: EventScene, money: Fen): Plan | null {
  const left = scene.position.principalNotDue;
  const whole = planOf(scene, left);
  if (whole.cost <= money) return whole;
  // What an amount takes grows with it, so that the amounts that fit end at one place.
  let fits = 0;
  let beyond = Math.min(left, money + 1);
  while (beyond - fits > 1) {
    const tried = Math.floor((fits + beyond) / 2);
    if (costOf(partOf(scene, tried)) <= money) fits = tried;
    else beyond = tried;
  }
  return fits === 0 ? null : planOf(scene, fits);
}

function planOf(scene: EventScene, principal: Fen): Plan {
  if (principal === scene.position.principalNotDue) {
    const out = prepayAll(scene);
    return { out, cost: out.total };
  }
  const part = partOf(scene, principal);
  return { part, cost: costOf(part) };
}

function payPlan(scene: EventScene, plan: Plan, eventId: number): void {
  if ('out' in plan) payCloseOut(scene, plan.out, eventId);
  else payPart(scene, plan.part, eventId);
}

function prepayAll(scene: EventScene): CloseOut {
  const { interest } = partOf(scene, scene.position.principalNotDue);
  return prepayAllOf(scene, interest);
}

function costOf(part: Part): Fen {
  return part.principal + part.interest + part.fee;
}

function partOf(scene: EventScene, principal: Fen): Part {
  const { position, fold } = scene;
  const { interestTo, partial } = fold.terms.prepayment;
  const fee = prepaymentFee(scene, principal, position.principalNotDue);
  if (interestTo !== 'none' && partial.interestOn === 'whole_balance') {
    const accrued = accruedInterest(position);
    const interest = interestTo === 'next_due' ? position.nextInterest : accrued;
    return { principal, interest, fromAccrued: accrued, fee };
  }
  const own = accruedOn(scene, principal);
  if (interestTo === 'none') return { principal, interest: 0, fromAccrued: own, fee };
  if (interestTo === 'value_date') return { principal, interest: own, fromAccrued: own, fee };
  const asked = askedFactor(position, fold, fileOf(scene));
  const interest = interestOf(scene, principal, asked);
  return { principal, interest, fromAccrued: Math.min(own, interest), fee };
}

function payPart(scene: EventScene, part: Part, eventId: number): void {
  const { position, fold, flow } = scene;
  const { accruing } = position;
  const toAccrue = part.interest - part.fromAccrued;
  position.interestAccrued += toAccrue;
  position.interestAccruedTotal += toAccrue;
  flow.interestAccrued += toAccrue;
  flow.interestBilled += part.interest;
  flow.interestSettled += part.interest;
  charge(scene, FEE, part.fee, eventId);
  const order = accruing ? fold.accruing.order : fold.nonAccruing.order;
  for (const component of order) {
    const [amount, balance] = amountOf(part, component);
    if (amount === 0) continue;
    flow.pay(eventId, 0, component, amount);
    flow.move(MOVEMENT.repayment, balance, accruing, amount, eventId);
  }
  position.interestAccrued -= part.interest;
  settleUnits(scene);
  takePrincipal(scene, part.principal);
  flow.principalBilled += part.principal;
  layLeft(scene, fold.terms.prepayment.partial.keep, eventId);
}

/** Keeps in the position what a whole-balance prepayment has paid per unit of the balance. */
function settleUnits(scene: EventScene): void {
  const { position, book, fold } = scene;
  const { interestTo, partial } = fold.terms.prepayment;
  if (interestTo === 'none' || partial.interestOn !== 'whole_balance') return;
  const special = specialOf(position);
  if (fold.recalculates) {
    special.owedNights = 0;
    special.owedFrom = interestTo === 'next_due' ? position.nextDueOn : book.date;
    special.carried = 0;
  }
  if (interestTo === 'next_due') settleUpTo(scene, position.nextDueOn);
  else if (fold.terms.interest.accrual === 'straight_line') settleUpTo(scene, book.date);
  else if (isCapped(scene)) settleUpTo(scene, position.nextDueOn);
  else {
    special.settledUnits = position.periodUnits;
    special.settledOn = NO_DAY;
  }
}

function isCapped({ position, fold, file }: EventScene): boolean {
  if (file === null) return false;
  const nights = { num: position.periodUnits, den: fold.denominator };
  return isBelow(nightShare(position, fold, file), nights);
}

/** The scheduled share up to `day` is settled: all of the period's factor on its due date. */
function settleUpTo(scene: EventScene, day: EpochDay): void {
  const { position, fold } = scene;
  const special = specialOf(position);
  const share = spreadShare({ position, fold, file: fileOf(scene) }, day);
  special.settledOn = day;
  special.settledRates = special.rates.length;
  special.settledUnits = unitsOf(share, fold.denominator);
}

function unitsOf({ num, den }: Factor, denominator: number): number {
  return Number((BigInt(num) * BigInt(denominator) + BigInt(den) - 1n) / BigInt(den));
}

function amountOf(part: Part, component: number): readonly [Fen, number] {
  if (component === PRINCIPAL) return [part.principal, BALANCE.principalNormal];
  if (component === INTEREST) return [part.interest, BALANCE.interestAccrued];
  if (component === FEE) return [part.fee, BALANCE.fee];
  return [0, 0];
}
