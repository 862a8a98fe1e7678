import { BALANCE, COMPOUND, type DayFlow, FEE, INTEREST, PENALTY, PRINCIPAL } from './flow.js';
import type { AllocationOrder } from './fold-terms.js';
import type { OpenInstallment, Position } from './position.js';
import { InvariantError } from './refusal.js';
import type { Fen } from './units.js';

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
  const principal = position.principal - position.principalNotDue;
  return (
    principal + position.interestDue + position.penaltyDue + position.compoundDue + position.feeDue
  );
}

/**
 * Spends `amount` on the billed instalments in the given order: by instalment, the oldest with all
 * its components, then the next; by component, one component over all, then the next (CONVENTIONS,
 * Events). `kind` is the movement that the money makes. Returns what is left.
 */
export function allocateDue(
  position: Position,
  allocation: AllocationOrder,
  amount: Fen,
  kind: number,
  eventId: number,
  flow: DayFlow,
): Fen {
  let left = amount;
  const { open } = position;
  const { order } = allocation;
  const outer = allocation.byInstallment ? open.length : order.length;
  const inner = allocation.byInstallment ? order.length : open.length;
  for (let i = 0; i < outer && left > 0; i += 1) {
    for (let j = 0; j < inner && left > 0; j += 1) {
      const installment = allocation.byInstallment ? open[i]! : open[j]!;
      const component = allocation.byInstallment ? order[j]! : order[i]!;
      const asked = openAmount(installment, component);
      if (asked === 0) continue;
      const paid = Math.min(left, asked);
      payComponent(position, installment, component, paid, kind, eventId, flow);
      left -= paid;
    }
  }
  return left;
}

function payComponent(
  position: Position,
  installment: OpenInstallment,
  component: number,
  amount: Fen,
  kind: number,
  eventId: number,
  flow: DayFlow,
): void {
  flow.pay(eventId, installment.seq, component, amount);
  flow.move(kind, balanceOf(installment, component), position.accruing, amount, eventId);
  switch (component) {
    case PRINCIPAL:
      installment.principalOpen -= amount;
      position.principal -= amount;
      if (installment.overdue) position.principalOverdue -= amount;
      break;
    case INTEREST:
      installment.interestOpen -= amount;
      position.interestDue -= amount;
      break;
    case PENALTY:
      installment.penalty.open -= amount;
      position.penaltyDue -= amount;
      break;
    case COMPOUND:
      installment.compound.open -= amount;
      position.compoundDue -= amount;
      break;
    default:
      installment.feeOpen -= amount;
      position.feeDue -= amount;
  }
}

function balanceOf(installment: OpenInstallment, component: number): number {
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
