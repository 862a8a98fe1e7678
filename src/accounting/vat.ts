import { mulDivRound } from './money.js';
import type { Fen, RatePpb } from './units.js';

const ONE = 1_000_000_000;

/**
 * The tax inside of a gross amount, in minor units of either sign: gross - HALF_UP(gross / (1 +
 * rate)), the rate in billionths, 6% is 60,000,000 (PRACTICE 3.2). Taken of a running total, and
 * booked as the difference to what is booked already, the parts sum to the tax of the whole.
 */
export function taxWithin(gross: Fen, ratePpb: RatePpb): Fen {
  return gross - mulDivRound(gross, ONE, ONE + ratePpb, 'half_up');
}
