import { formatAmount } from '../../accounting/money/amount-text.js';
import { roundQuotient } from '../../accounting/money/money.js';

/** An exact figure: num / den, and den is not negative; null over 0. */
export interface Ratio {
  readonly num: bigint;
  readonly den: bigint;
}

const RATE_DECIMALS = 6;
const RATE_ONE = 1_000_000n;

/** Six decimals, halves away from 0; null over 0. */
export function shownRate({ num, den }: Ratio): string | null {
  if (den === 0n) return null;
  const size = roundQuotient((num < 0n ? -num : num) * RATE_ONE, den, 'half_up');
  return formatAmount(num < 0n ? -size : size, RATE_DECIMALS);
}

/** Below 0, 0 or above, as `left` is to `right`; undefined where one of them is over 0. */
export function compareRatios(left: Ratio, right: Ratio): number | undefined {
  if (left.den === 0n || right.den === 0n) return undefined;
  const difference = left.num * right.den - right.num * left.den;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}
