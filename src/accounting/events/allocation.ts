import type { AllocationOrder } from '../fold/fold-terms.js';
import { type OpenInstallment, type Position, STATUS } from '../fold/position.js';
import { InvariantError } from '../money/refusal.js';
import type { EpochDay, Fen } from '../money/units.js';
import {
  BALANCE,
  COMPOUND,
  type DayFlow,
  FEE,
  INTEREST,
  MOVEMENT,
  PENALTY,
  PRINCIPAL,
} from '../posting/flow.js';

/** What is open of a component of an instalment, in minor units. */
export function openAmount(installment: OpenInstallment, component: number): Fen {
  switch (component) {
    case PRINCIPAL:
      return installment.principalOpen;
    case INTEREST:
      return installment.interestOpen;
    case PENALTY:
      return installment.penalty.open;
    case COMPOUND:
      return installment.compound.open;
    case FEE:
      return installment.feeOpen;
    default:
      throw new InvariantError('unknown component', { component });
  }
}

/** All that is billed and open on the loan. */
export function dueTotal(position: Position): Fen {
  let total = position.interestDue + position.penaltyDue + position.compoundDue + position.feeDue;
  for (const installment of position.open) total += installment.principalOpen;
  return total;
}

/** What money does when it pays what is due: the movement, the event, the day. */
export interface Payment {
  /** A code of MOVEMENT. */
  readonly kind: number;
  readonly eventId: number;
  readonly date: EpochDay;
}

/**
 * Spends `amount` on the billed instalments in the given order: by instalment, the oldest with all
 * its components, then the next; by component, one component over all, then the next; with
 * `pastDueFirst` what is past due before what is due today (CONVENTIONS, Events). Returns what is
 * left.
 */
export function allocateDue(
  position: Position,
  allocation: AllocationOrder,
  amount: Fen,
  payment: Payment,
  flow: DayFlow,
): Fen {
  const { open } = position;
  if (allocation.byInstallment || !allocation.pastDueFirst) {
    return spend(position, allocation, open, amount, payment, flow);
  }
  const isPast = (item: OpenInstallment) => item.dueOn < payment.date;
  const left = spend(position, allocation, open.filter(isPast), amount, payment, flow);
  const today = open.filter((item) => !isPast(item));
  return spend(position, allocation, today, left, payment, flow);
}

function spend(
  position: Position,
  { byInstallment, order }: AllocationOrder,
  open: readonly OpenInstallment[],
  amount: Fen,
  payment: Payment,
  flow: DayFlow,
): Fen {
  let left = amount;
  const outer = byInstallment ? open.length : order.length;
  const inner = byInstallment ? order.length : open.length;
  for (let i = 0; i < outer && left > 0; i += 1) {
    for (let j = 0; j < inner && left > 0; j += 1) {
      const installment = byInstallment ? open[i]! : open[j]!;
      const component = byInstallment ? order[j]! : order[i]!;
      const asked = openAmount(installment, component);
      if (asked === 0) continue;
      const paid = Math.min(left, asked);
      payComponent(position, installment, component, paid, payment, flow);
      left -= paid;
    }
  }
  return left;
}

/** Pays `amount`, which is open, of a component of a billed instalment. */
export function payComponent(
  position: Position,
  installment: OpenInstallment,
  component: number,
  amount: Fen,
  { kind, eventId }: Payment,
  flow: DayFlow,
): void {
  if (position.status === STATUS.writtenOff) {
    // What was written off is no balance any more: the money is a recovery.
    flow.recover(eventId, installment.seq, component, amount);
    flow.move(MOVEMENT.recovery, balanceOf(installment, component), false, amount, eventId);
    reduceOpen(installment, component, amount);
    return;
  }
  flow.pay(eventId, installment.seq, component, amount);
  flow.move(kind, balanceOf(installment, component), position.accruing, amount, eventId);
  reduceOpen(installment, component, amount);
  reduceDue(position, installment, component, amount);
}

/** Takes `amount` off what is open of a component of the instalment. */
export function reduceOpen(installment: OpenInstallment, component: number, amount: Fen): void {
  switch (component) {
    case PRINCIPAL:
      installment.principalOpen -= amount;
      break;
    case INTEREST:
      installment.interestOpen -= amount;
      break;
    case PENALTY:
      installment.penalty.open -= amount;
      break;
    case COMPOUND:
      installment.compound.open -= amount;
      break;
    default:
      installment.feeOpen -= amount;
  }
}

/** Takes `amount` of a component of a billed instalment off the position's own sums. */
export function reduceDue(
  position: Position,
  installment: OpenInstallment,
  component: number,
  amount: Fen,
): void {
  switch (component) {
    case PRINCIPAL:
      position.principal -= amount;
      if (installment.overdue) position.principalOverdue -= amount;
      break;
    case INTEREST:
      position.interestDue -= amount;
      break;
    case PENALTY:
      position.penaltyDue -= amount;
      break;
    case COMPOUND:
      position.compoundDue -= amount;
      break;
    default:
      position.feeDue -= amount;
  }
}

/** The balance that a component of a billed instalment stands in. */
export function balanceOf(installment: OpenInstallment, component: number): number {
  switch (component) {
    case PRINCIPAL:
      return installment.overdue ? BALANCE.principalOverdue : BALANCE.principalNormal;
    case INTEREST:
      return BALANCE.interestDue;
    case PENALTY:
      return BALANCE.penalty;
    case COMPOUND:
      return BALANCE.compound;
    default:
      return BALANCE.fee;
  }
}
