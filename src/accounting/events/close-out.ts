import { accruedInterest, aheadOf, interestMet, unsettle } from '../fold/ahead.js';
import type { Position } from '../fold/position.js';
import { type Fen, NO_DAY } from '../money/units.js';
import { BALANCE, FEE, INTEREST, MOVEMENT, PENALTY, PRINCIPAL } from '../posting/flow.js';
import { type EventScene, fileOf, orderInForce } from './event-scene.js';
import { head, NO_ROWS, principalLeft, returnExcess, returnInterest } from './lay-again.js';
import { prepaymentFee } from './prepayment-fee.js';

/** What ends a loan ahead of its schedule, beside what is due. */
export interface CloseOut {
  readonly principal: Fen;
  /** Interest that the running period has earned, by `prepayment.interest_to`. */
  readonly earned: Fen;
  /** What of it is still owed. */
  readonly interest: Fen;
  readonly fee: Fen;
  /** Fees and penalty charges of later instalments. */
  readonly charges: { readonly fee: Fen; readonly penalty: Fen };
  readonly total: Fen;
  /** What was paid ahead goes back to suspense, in place of reducing what is owed. */
  readonly returnsAhead: boolean;
}

/**
 * What a settlement takes beside what is due: all principal not yet due with interest on the whole
 * balance, the fee, and the charges of later instalments (CONVENTIONS, Events; practice D1).
 */
export function closeOutOf(scene: EventScene): CloseOut {
  const { position, fold } = scene;
  const { interestTo } = fold.terms.prepayment;
  let earned = 0;
  if (interestTo === 'value_date') earned = accruedInterest(position);
  if (interestTo === 'next_due') earned = position.nextInterest;
  const interest = Math.max(earned - interestMet(aheadOf(position, position.nextSeq)), 0);
  return { ...outOf(scene, principalLeft(scene), earned, interest), returnsAhead: false };
}

/**
 * What a prepayment of all principal not yet due takes: the schedule's own figures, since what was
 * paid ahead of them goes back to suspense with the instalments that fall away.
 */
export function prepayAllOf(scene: EventScene, interest: Fen): CloseOut {
  const principal = scene.position.principalNotDue;
  return { ...outOf(scene, principal, interest, interest), returnsAhead: true };
}

function outOf(
  scene: EventScene,
  principal: Fen,
  earned: Fen,
  interest: Fen,
): Omit<CloseOut, 'returnsAhead'> {
  const { position } = scene;
  const fee = prepaymentFee(scene, position.principalNotDue, position.principalNotDue);
  const charges = { fee: 0, penalty: 0 };
  for (const item of position.special?.ahead ?? []) {
    charges.fee += item.feeDue - item.feeMet;
    charges.penalty += item.penaltyDue - item.penaltyMet;
  }
  const total = principal + interest + fee + charges.fee + charges.penalty;
  return { principal, earned, interest, fee, charges, total };
}

/** Pays it, with lines under seq 0; the instalments not yet due leave the schedule. */
export function payCloseOut(scene: EventScene, out: CloseOut, eventId: number): void {
  const { position, flow } = scene;
  const { accruing } = position;
  accrueTo(scene, out.earned, out.earned - out.interest, eventId);
  const fee = out.fee + out.charges.fee;
  charge(scene, FEE, fee, eventId);
  charge(scene, PENALTY, out.charges.penalty, eventId);
  const parts: Readonly<Record<number, readonly [Fen, number]>> = {
    [PRINCIPAL]: [out.principal, BALANCE.principalNormal],
    [INTEREST]: [out.interest, BALANCE.interestAccrued],
    [PENALTY]: [out.charges.penalty, BALANCE.penalty],
    [FEE]: [fee, BALANCE.fee],
  };
  for (const component of orderInForce(scene).order) {
    const [amount, balance] = parts[component] ?? [0, 0];
    if (amount === 0) continue;
    flow.pay(eventId, 0, component, amount);
    flow.move(MOVEMENT.repayment, balance, accruing, amount, eventId);
  }
  position.principal -= out.principal;
  position.interestAccrued -= out.interest;
  if (out.returnsAhead) returnExcess(scene, NO_ROWS, eventId);
  endSchedule(scene);
}

/** Makes a charge part of what is owed, to be paid by the same event. */
export function charge(
  { position, flow }: EventScene,
  component: number,
  amount: Fen,
  eventId: number,
): void {
  if (amount === 0) return;
  const balance = component === FEE ? BALANCE.fee : BALANCE.penalty;
  flow.charge(eventId, 0, component, amount);
  flow.move(MOVEMENT.fee, balance, position.accruing, amount, eventId);
}

/**
 * Brings the running period's accrual to `earned`. Of what was met ahead `kept` pays for it; money
 * that paid for more goes back to suspense. Then what is accrued and not met is what is owed.
 */
export function accrueTo(scene: EventScene, earned: Fen, kept: Fen, eventId: number): void {
  const { position, flow } = scene;
  const change = earned - accruedInterest(position);
  position.interestAccrued += change;
  position.interestAccruedTotal += change;
  flow.interestAccrued += change;
  flow.interestBilled += earned;
  flow.interestSettled += earned;
  for (const item of position.special?.ahead ?? []) {
    const useful = item.seq === position.nextSeq ? Math.min(interestMet(item), kept) : 0;
    returnInterest(scene, item, useful, eventId);
  }
}

/** Nothing runs any more: the rows not yet due leave the schedule. */
export function endSchedule(scene: EventScene): void {
  const { position, flow } = scene;
  flow.principalBilled += position.principalNotDue;
  if (scene.file !== null && position.nextSeq !== 0) {
    const file = fileOf(scene);
    file.schedule = head(file.schedule, position.nextSeq - 1);
    file.changed = true;
  }
  stopRunning(position);
}

/** The loan is off the books: every balance but suspense, which stays the customer's. */
export function zeroBalances(position: Position): void {
  position.principal = 0;
  position.principalOverdue = 0;
  position.interestAccrued = 0;
  position.interestDue = 0;
  position.penaltyDue = 0;
  position.compoundDue = 0;
  position.feeDue = 0;
}

function stopRunning(position: Position): void {
  position.principalNotDue = 0;
  position.interestAccrued = 0;
  position.nextSeq = 0;
  position.nextDueOn = NO_DAY;
  position.periodStartOn = NO_DAY;
  position.nextPrincipal = 0;
  position.nextInterest = 0;
  position.periodUnits = 0;
  if (position.special !== null) {
    position.special.ahead = [];
    position.special.chargeRows = 0;
    unsettle(position.special);
  }
}
