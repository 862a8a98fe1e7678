import { type RoundingMode, roundQuotient } from './money.js';

/**
 * round(product of `factors` / product of `divisors`), exact: for the rare places where more than
 * two factors meet. Safe integers; divisors positive; halves away from zero under `half_up`.
 */
export function exactRound(
  factors: readonly number[],
  divisors: readonly number[],
  mode: RoundingMode,
): number {
  let numerator = 1n;
  let denominator = 1n;
  for (const factor of factors) numerator *= BigInt(factor);
  for (const divisor of divisors) denominator *= BigInt(divisor);
  if (numerator < 0n) return 0 - Number(roundQuotient(-numerator, denominator, mode));
  return Number(roundQuotient(numerator, denominator, mode));
}
