import { roundQuotient } from '../money/money.js';
import type { RatePpb } from '../money/units.js';

const ONE = 1_000_000_000n;

/**
 * The tax inside of a gross amount, in minor units of either sign: gross - HALF_UP(gross / (1 +
 * rate)), the rate in billionths, 6% is 60,000,000 (PRACTICE 3.2). Taken of a running total, and
 * booked as the difference to what is booked already, the parts sum to the tax of the whole. The
 * total is one of many loans and years: no safe integer holds it for ever.
 */
export function taxWithin(gross: bigint, ratePpb: RatePpb): bigint {
  const size = gross < 0n ? -gross : gross;
  const net = roundQuotient(size * ONE, ONE + BigInt(ratePpb), 'half_up');
  return gross < 0n ? net - size : size - net;
}
