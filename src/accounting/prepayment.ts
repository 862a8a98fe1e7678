import { accruedAndOwed, aheadOf, interestMet, specialOf } from './ahead.js';
import { dueTotal } from './allocation.js';
import { type CloseOut, charge, closeOutOf, payCloseOut } from './close-out.js';
import { type EventScene, fileOf } from './event-scene.js';
import { exactRound } from './exact-round.js';
import { BALANCE, FEE, INTEREST, MOVEMENT, PRINCIPAL } from './flow.js';
import { layRestAgain, principalLeft } from './lay-again.js';
import { roundQuotient } from './money.js';
import { prepaymentFee } from './prepayment-fee.js';
import { askedFactor, cappedUnits, lineOf, runningFactor } from './running-period.js';
import { type Fen, FLAT_SCALE } from './units.js';

/** What a prepayment of some principal takes beside it. */
interface Part {
  readonly principal: Fen;
  /** Interest paid with it. */
  readonly interest: Fen;
  /** Accrued interest that is given up with it. */
  readonly reversed: Fen;
  readonly fee: Fen;
  /** Night units per unit of balance that are settled by it, of the running period. */
  readonly settledUnits: number;
}

/**
 * Prepayment of `amount` of principal (CONVENTIONS, Events; practice D2): interest by
 * `prepayment.interest_to`, the fee, then the rest of the schedule laid again. Returns the rule that
 * refuses it, or nothing.
 */
export function prepay(scene: EventScene, amount: Fen, eventId: number): string {
  if (dueTotal(scene.position) > 0) return 'due_and_open';
  const left = principalLeft(scene);
  if (left === 0) return 'nothing_to_prepay';
  if (amount >= left) payCloseOut(scene, closeOutOf(scene), eventId);
  else payPart(scene, partOf(scene, amount), eventId);
  return '';
}

/**
 * Spends `money` on principal not yet due, its interest and its fee: on all of it where that fits,
 * else on the largest amount below which every smaller one fits. Returns what is left.
 */
export function prepayWith(scene: EventScene, money: Fen, eventId: number): Fen {
  const left = principalLeft(scene);
  if (left === 0) return money;
  const whole: CloseOut = closeOutOf(scene);
  if (whole.total <= money) {
    payCloseOut(scene, whole, eventId);
    return money - whole.total;
  }
  // What an amount takes grows with it, so that the amounts that fit end at one place.
  let fits = 0;
  let beyond = Math.min(left, money + 1);
  while (beyond - fits > 1) {
    const tried = Math.floor((fits + beyond) / 2);
    if (costOf(partOf(scene, tried)) <= money) fits = tried;
    else beyond = tried;
  }
  if (fits === 0) return money;
  const part = partOf(scene, fits);
  payPart(scene, part, eventId);
  return money - costOf(part);
}

function costOf(part: Part): Fen {
  return part.principal + part.interest + part.fee;
}

function partOf(scene: EventScene, principal: Fen): Part {
  const { position, fold } = scene;
  const { interestTo, partial } = fold.terms.prepayment;
  const fee = prepaymentFee(scene, principal, position.principalNotDue);
  const units = cappedUnits(position, fold, fileOf(scene));
  const settled = position.special?.settledUnits ?? 0;
  const accrued = accruedAndOwed(position);
  const own = Math.min(interestOn(scene, principal, units), accrued);
  if (interestTo === 'none') {
    return { principal, interest: 0, reversed: own, fee, settledUnits: settled };
  }
  if (partial.interestOn === 'whole_balance') {
    if (interestTo === 'value_date') {
      return { principal, interest: accrued, reversed: 0, fee, settledUnits: units };
    }
    const met = interestMet(aheadOf(position, position.nextSeq));
    const interest = Math.max(position.nextInterest - met, 0);
    return { principal, interest, reversed: 0, fee, settledUnits: Number.POSITIVE_INFINITY };
  }
  const interest = interestTo === 'value_date' ? own : interestToDue(scene, principal);
  return { principal, interest, reversed: 0, fee, settledUnits: settled };
}

/** round(principal x units), for flat interest on its share of the flat base. */
function interestOn(scene: EventScene, principal: Fen, units: number): Fen {
  const { position, fold } = scene;
  const flat = position.special?.flatBase ?? 0;
  const mode = fold.terms.interest.rounding;
  if (flat === 0) return exactRound([principal, units], [fold.denominator], mode);
  const over = [fold.denominator, position.principalNotDue, FLAT_SCALE];
  return exactRound([principal, flat, units], over, mode);
}

/** round(principal x (f - q)): the interest of the prepaid part to the next due date. */
function interestToDue(scene: EventScene, principal: Fen): Fen {
  const { position, fold } = scene;
  const { num, den } = askedFactor(position, fold, fileOf(scene));
  const flat = position.special?.flatBase ?? 0;
  const base = BigInt(principal) * (flat === 0 ? 1n : BigInt(flat));
  const over = flat === 0 ? 1n : BigInt(position.principalNotDue) * BigInt(FLAT_SCALE);
  const mode = fold.terms.interest.rounding;
  return Number(roundQuotient(base * BigInt(num), over * BigInt(den), mode));
}

function payPart(scene: EventScene, part: Part, eventId: number): void {
  const { position, fold, flow } = scene;
  const { accruing } = position;
  const before = position.principalNotDue;
  const accrued = accruedAndOwed(position);
  const toAccrue = Math.max(part.interest - accrued, 0) - part.reversed;
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
  const special = specialOf(position);
  special.settledUnits = Math.min(part.settledUnits, wholeUnits(scene));
  takePrincipal(scene, part.principal, before);
  flow.principalBilled += part.principal;
  layRestAgain(scene, fold.terms.prepayment.partial.keep, eventId);
}

function amountOf(part: Part, component: number): readonly [Fen, number] {
  if (component === PRINCIPAL) return [part.principal, BALANCE.principalNormal];
  if (component === INTEREST) return [part.interest, BALANCE.interestAccrued];
  if (component === FEE) return [part.fee, BALANCE.fee];
  return [0, 0];
}

/** The running period's factor in night units, rounded up: all of it is settled. */
function wholeUnits({ position, fold, file }: EventScene): number {
  if (file === null) return position.special?.settledUnits ?? 0;
  const { num, den } = runningFactor(position, fold, file);
  const whole = BigInt(num) * BigInt(fold.denominator) + BigInt(den) - 1n;
  return Number(whole / BigInt(den));
}

/**
 * Takes principal off what is not yet due, before the rest is laid again: the flat base and what
 * `straight_line` has spread so far shrink with it.
 */
export function takePrincipal(scene: EventScene, principal: Fen, before: Fen): void {
  const { position, book, fold } = scene;
  const special = specialOf(position);
  const mode = fold.terms.interest.rounding;
  const left = before - principal;
  spreadSoFar(scene, left, before);
  if (special.flatBase > 0) special.flatBase = exactRound([special.flatBase, left], [before], mode);
  position.principal -= principal;
  position.principalNotDue = left;
  if (special.settledUnits > 0 && fold.terms.interest.accrual === 'straight_line') {
    special.lineFrom = book.date;
    special.lineBase = 0;
  }
}

/** straight_line: round(balance left x scheduled share so far) is where the new spread begins. */
export function spreadSoFar(scene: EventScene, left: Fen, before: Fen): void {
  const { position, book, fold } = scene;
  if (fold.terms.interest.accrual !== 'straight_line' || position.nextSeq === 0) return;
  const special = specialOf(position);
  const { from, base } = lineOf(position);
  const nights = position.nextDueOn - from;
  const gone = book.date - from;
  const sofar = [base * nights + (position.nextInterest - base) * gone, left];
  special.lineBase = exactRound(sofar, [nights, before], fold.terms.interest.rounding);
  special.lineFrom = book.date;
}
