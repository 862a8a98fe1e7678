import { InvariantError } from '../money/refusal.js';
import type { Fen } from '../money/units.js';
import type { Position } from './position.js';

/**
 * Throws InvariantError unless every amount of the loan is a safe integer: beyond that the next
 * close could not read its position. The loan is then held as of the day before, and it alone.
 */
export function requireSafeAmounts(position: Position, totals: readonly Fen[]): void {
  const isSafe =
    Number.isSafeInteger(position.suspense) &&
    Number.isSafeInteger(position.interestAccruedTotal) &&
    Number.isSafeInteger(position.interestAccrued) &&
    Number.isSafeInteger(position.interestDue) &&
    Number.isSafeInteger(position.penaltyDue) &&
    Number.isSafeInteger(position.compoundDue) &&
    Number.isSafeInteger(position.feeDue);
  if (!isSafe) throw amountOutOfRange();
  for (let at = 0; at < totals.length; at += 1) {
    if (!Number.isSafeInteger(totals[at])) throw amountOutOfRange();
  }
}

export function amountOutOfRange(): InvariantError {
  return new InvariantError('an amount of the loan is no safe integer', {});
}
