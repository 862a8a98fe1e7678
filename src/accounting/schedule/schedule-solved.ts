import type { Fen } from '../money/units.js';
import { layRows } from './schedule-lay-rows.js';
import type { Span } from './schedule-span.js';

/**
 * The payment of `level_payment_solved`: in minor units, so that the last instalment is as equal to
 * the others as possible, the lower of two equal ones. A greater payment leaves a smaller last
 * instalment, so that the difference falls and its change of sign is searched for, in growing steps
 * from `near`. Where a payment repays the loan before its last period, the last instalment is 0.
 */
export function solvedPayment(span: Span, near: Fen): Fen {
  let low = near;
  let step = 1;
  while (low > 0 && lastLess(span, low) <= 0) {
    low = Math.max(0, low - step);
    step *= 2;
  }
  let high = low + 1;
  step = 1;
  while (lastLess(span, high) > 0) {
    low = high;
    high += step;
    step *= 2;
  }
  // lastLess(low) > 0, unless low is 0, and lastLess(high) <= 0.
  while (high - low > 1) {
    const middle = low + Math.floor((high - low) / 2);
    if (lastLess(span, middle) > 0) low = middle;
    else high = middle;
  }
  return Math.abs(lastLess(span, low)) <= Math.abs(lastLess(span, high)) ? low : high;
}

/** The last instalment less the payment. */
function lastLess(span: Span, payment: Fen): number {
  const { principal, interest } = layRows(span, { payment, principalPart: 0 });
  const last = span.dues.length - 1;
  // The rows end where the balance is zero.
  return (principal[last] ?? 0) + (interest[last] ?? 0) - payment;
}
