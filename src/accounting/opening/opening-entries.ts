import type { OpenedLoan } from '../fold/loan-terms-at-hand.js';
import type { Position } from '../fold/position.js';
import type { Fen } from '../money/units.js';
import { BALANCE, type DayFlow, MOVEMENT } from '../posting/flow.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import type { OpeningPosition } from './opening-position.js';
import { dueByCutOver } from './opening-rows.js';

/** Leaves every balance of a loan that enters the book with a position in `flow`, to be posted. */
export function openingMovements(position: Position, eventId: number, flow: DayFlow): void {
  const { accruing, principalOverdue } = position;
  const move = (balance: number, amount: Fen) =>
    flow.move(MOVEMENT.opening, balance, accruing, amount, eventId);
  move(BALANCE.principalNormal, position.principal - principalOverdue);
  move(BALANCE.principalOverdue, principalOverdue);
  move(BALANCE.interestAccrued, position.interestAccrued);
  move(BALANCE.interestDue, position.interestDue);
  move(BALANCE.penalty, position.penaltyDue);
  move(BALANCE.compound, position.compoundDue);
  move(BALANCE.fee, position.feeDue);
  move(BALANCE.suspense, position.suspense);
}

/** What a position says of the days before it: which instalments had been paid in full. */
export function openedBy(opening: OpeningPosition, agreed: Schedule): OpenedLoan {
  const paidSeqs = () => {
    const open = new Set(opening.open.map(({ seq }) => seq));
    const all = Array.from({ length: dueByCutOver(opening, agreed) }, (_, k) => k + 1);
    return all.filter((seq) => !open.has(seq));
  };
  return { cutOverOn: opening.cutOverOn, paidSeqs };
}
