import type { Fraction } from '../money/fraction.js';
import { mulDivRound, type RoundingMode, roundQuotient } from '../money/money.js';
import type { Fen } from '../money/units.js';

/** The payment for a principal of 1, as an exact rational and as the double next to it. */
interface LevelFactor {
  readonly approximate: number;
  readonly num: bigint;
  readonly den: bigint;
}

/** Bits of the quotient that the double is taken from; 53 of them and a margin. */
const APPROXIMATE_BITS = 96n;

/** A double result is this close to the exact one, relatively; four roundings make 2^-51. */
const RELATIVE_ERROR = 2 ** -49;

const CACHED_FACTORS_MAX = 4096;
const cachedFactors = new WeakMap<Fraction, Map<number, LevelFactor>>();

/**
 * The level payment round(P i (1+i)^n / ((1+i)^n - 1)) to a multiple of `multipleFen`, exactly:
 * the double decides where it is clear of every rounding boundary, the rational where it is not.
 * A zero rate divides evenly. `periodRate` is a cached fraction: the factor is kept with it.
 */
export function levelPayment(
  principal: Fen,
  periodRate: Fraction,
  periods: number,
  mode: RoundingMode,
  multipleFen: Fen,
): Fen {
  if (periodRate.num === 0) {
    return mulDivRound(principal, 1, periods * multipleFen, mode) * multipleFen;
  }
  const factor = levelFactor(periodRate, periods);
  const multiples = (principal * factor.approximate) / multipleFen;
  const floor = Math.floor(multiples);
  const above = multiples - floor;
  const margin = multiples * RELATIVE_ERROR;
  if (mode === 'half_up' || mode === 'half_even') {
    if (Math.abs(above - 0.5) > margin) return (above < 0.5 ? floor : floor + 1) * multipleFen;
  } else if (above > margin && 1 - above > margin) {
    return (mode === 'down' ? floor : floor + 1) * multipleFen;
  }
  const exact = roundQuotient(
    BigInt(principal) * factor.num,
    factor.den * BigInt(multipleFen),
    mode,
  );
  return Number(exact) * multipleFen;
}

/** With i = a/b and s = a + b, the factor is a s^n / (b (s^n - b^n)): all digits, no rounding. */
function levelFactor(periodRate: Fraction, periods: number): LevelFactor {
  let factors = cachedFactors.get(periodRate);
  if (factors === undefined || factors.size >= CACHED_FACTORS_MAX) {
    factors = new Map();
    cachedFactors.set(periodRate, factors);
  }
  let factor = factors.get(periods);
  if (factor === undefined) {
    const a = BigInt(periodRate.num);
    const b = BigInt(periodRate.den);
    const grown = (a + b) ** BigInt(periods);
    const num = a * grown;
    const den = b * (grown - b ** BigInt(periods));
    const scaled = Number((num << APPROXIMATE_BITS) / den);
    factor = { approximate: scaled / 2 ** Number(APPROXIMATE_BITS), num, den };
    factors.set(periods, factor);
  }
  return factor;
}
