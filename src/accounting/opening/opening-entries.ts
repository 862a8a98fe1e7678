import type { OpenedLoan } from '../fold/loan-terms-at-hand.js';
import type { Position } from '../fold/position.js';
import { BALANCE, MOVEMENT, type Movement } from '../posting/flow.js';
import type { Schedule } from '../schedule/schedule-rows.js';
import type { OpeningPosition } from './opening-position.js';
import { dueByCutOver } from './opening-rows.js';

/** Every balance of a loan that enters the book with a position, to be posted by its rules. */
export function openingMovements(position: Position, eventId: number): Movement[] {
  const { accruing, principalOverdue } = position;
  const amounts = [
    [BALANCE.principalNormal, position.principal - principalOverdue],
    [BALANCE.principalOverdue, principalOverdue],
    [BALANCE.interestAccrued, position.interestAccrued],
    [BALANCE.interestDue, position.interestDue],
    [BALANCE.penalty, position.penaltyDue],
    [BALANCE.compound, position.compoundDue],
    [BALANCE.fee, position.feeDue],
    [BALANCE.suspense, position.suspense],
  ] as const;
  return amounts.flatMap(([balance, amount]) =>
    amount === 0 ? [] : [{ kind: MOVEMENT.opening, balance, accruing, amount, eventId }],
  );
}

/** What a position says of the days before it: which instalments had been paid in full. */
export function openedBy(opening: OpeningPosition, agreed: Schedule): OpenedLoan {
  const open = new Set(opening.open.map(({ seq }) => seq));
  const paidSeqs: number[] = [];
  for (let seq = 1; seq <= dueByCutOver(opening, agreed); seq += 1) {
    if (!open.has(seq)) paidSeqs.push(seq);
  }
  return { cutOverOn: opening.cutOverOn, paidSeqs };
}
