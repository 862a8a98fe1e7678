import { accruedAndOwed, accruedInterest, aheadOf, interestMet } from './ahead.js';
import { type EventScene, fileOf, orderInForce } from './event-scene.js';
import { BALANCE, FEE, INTEREST, MOVEMENT, PENALTY, PRINCIPAL } from './flow.js';
import { giveBack, head, principalLeft } from './lay-again.js';
import type { Position } from './position.js';
import { prepaymentFee } from './prepayment-fee.js';
import { type Fen, NO_DAY } from './units.js';

/** What ends a loan ahead of its schedule, beside what is due. */
export interface CloseOut {
  readonly principal: Fen;
  readonly interest: Fen;
  readonly fee: Fen;
  /** Fees and penalty charges of later instalments. */
  readonly charges: { readonly fee: Fen; readonly penalty: Fen };
  readonly total: Fen;
}

/**
 * What all principal not yet due takes: interest on the whole balance by `prepayment.interest_to`,
 * the fee, and the charges of later instalments (CONVENTIONS, Events: settlement; practice D1).
 */
export function closeOutOf(scene: EventScene): CloseOut {
  const { position, fold } = scene;
  const principal = principalLeft(scene);
  let interest = 0;
  if (fold.terms.prepayment.interestTo === 'value_date') interest = accruedAndOwed(position);
  if (fold.terms.prepayment.interestTo === 'next_due') {
    const met = interestMet(aheadOf(position, position.nextSeq));
    interest = Math.max(position.nextInterest - met, 0);
  }
  const fee = prepaymentFee(scene, principal, principal);
  const charges = { fee: 0, penalty: 0 };
  for (const item of position.special?.ahead ?? []) {
    charges.fee += item.feeDue - item.feeMet;
    charges.penalty += item.penaltyDue - item.penaltyMet;
  }
  const total = principal + interest + fee + charges.fee + charges.penalty;
  return { principal, interest, fee, charges, total };
}

/** Pays it, with lines under seq 0; the instalments not yet due leave the schedule. */
export function payCloseOut(scene: EventScene, out: CloseOut, eventId: number): void {
  const { position, flow } = scene;
  const { accruing } = position;
  accrueTo(scene, out.interest, eventId);
  const fee = out.fee + out.charges.fee;
  charge(scene, FEE, fee, eventId);
  charge(scene, PENALTY, out.charges.penalty, eventId);
  for (const component of orderInForce(scene).order) {
    const [amount, balance] = (
      {
        [PRINCIPAL]: [out.principal, BALANCE.principalNormal],
        [INTEREST]: [out.interest, BALANCE.interestAccrued],
        [PENALTY]: [out.charges.penalty, BALANCE.penalty],
        [FEE]: [fee, BALANCE.fee],
      } as Record<number, readonly [Fen, number]>
    )[component] ?? [0, 0];
    if (amount === 0) continue;
    flow.pay(eventId, 0, component, amount);
    flow.move(MOVEMENT.repayment, balance, accruing, amount, eventId);
  }
  position.principal -= out.principal;
  position.interestAccrued -= out.interest;
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
 * Brings the accrual to `owed` beyond what was met ahead for the running instalment; what was paid
 * ahead for more than that is given back. Then the interest met and owed is all that accrued.
 */
export function accrueTo(scene: EventScene, owed: Fen, eventId: number): void {
  const { position, flow } = scene;
  const accrued = accruedInterest(position);
  let kept = 0;
  for (const item of position.special?.ahead ?? []) {
    const running = item.seq === position.nextSeq;
    const useful = running ? Math.min(interestMet(item), Math.max(accrued, owed)) : 0;
    const over = interestMet(item) - useful;
    const money = Math.min(over, item.interestPaid);
    item.interestPaid -= money;
    item.interestWaived -= over - money;
    position.interestAccrued += over;
    giveBack(scene, item.seq, INTEREST, money, eventId);
    kept += useful;
  }
  const change = owed + kept - accruedInterest(position);
  position.interestAccrued += change;
  position.interestAccruedTotal += change;
  flow.interestAccrued += change;
  flow.interestBilled += owed + kept;
  flow.interestSettled += owed + kept;
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
    position.special.settledUnits = 0;
    position.special.lineFrom = NO_DAY;
    position.special.lineBase = 0;
  }
}
