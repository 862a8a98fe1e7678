import { mulDivRound, type RoundingMode, roundQuotient } from './money.js';
import { Refusal } from './refusal.js';
import type { Fen } from './units.js';

const SAFE_MAX = BigInt(Number.MAX_SAFE_INTEGER);

/** A non-negative rational in lowest terms of safe integers, as `mulDivRound` takes them. */
export interface Fraction {
  readonly num: number;
  readonly den: number;
}

/** A non-negative rational in lowest terms that leaves the safe integers. */
export interface BigFraction {
  readonly num: bigint;
  readonly den: bigint;
}

/**
 * The exact factor of a period: its interest is round(balance x factor), see `interestOn`. Safe
 * integers wherever they suffice, so that the common case divides doubles.
 */
export type Factor = Fraction | BigFraction;

/** num x times / den in lowest terms. Throws Refusal `period_rate_out_of_range` when unsafe. */
export function fraction(num: number, times: number, den: number): Fraction {
  const byNum = greatestDivisor(num, den);
  const shortDen = den / byNum;
  const byTimes = greatestDivisor(times, shortDen);
  return checked((num / byNum) * (times / byTimes), shortDen / byTimes);
}

/** value x times. The hot path of actual days: reduced against the denominator's small factors. */
export function timesFraction(value: Fraction, times: number): Fraction {
  return fraction(value.num, times, value.den);
}

/** The exact sum in lowest terms. Throws Refusal `period_rate_out_of_range` when unsafe. */
export function addFractions(left: Fraction, right: Fraction): Fraction {
  const { num, den } = addFactors(left, right);
  return checked(Number(num), Number(den));
}

/** num / den of any size in lowest terms. */
export function factorOf(num: bigint, den: bigint): Factor {
  let divisor = num;
  let rest = den;
  while (rest > 0n) {
    const next = divisor % rest;
    divisor = rest;
    rest = next;
  }
  const shortNum = num / divisor;
  const shortDen = den / divisor;
  const safe = shortNum <= SAFE_MAX && shortDen <= SAFE_MAX;
  return safe ? { num: Number(shortNum), den: Number(shortDen) } : { num: shortNum, den: shortDen };
}

/** The exact sum. */
export function addFactors(left: Factor, right: Factor): Factor {
  const [a, b, c, d] = bigParts(left, right);
  return factorOf(a * d + c * b, b * d);
}

/** The exact difference, 0 where `right` is the greater: a factor is never negative. */
export function subtractFactors(left: Factor, right: Factor): Factor {
  const [a, b, c, d] = bigParts(left, right);
  const num = a * d - c * b;
  return factorOf(num < 0n ? 0n : num, b * d);
}

/** value x times / of, exactly: the share of a period's days, say. */
export function shareOfFactor(value: Factor, times: number, of: number): Factor {
  return factorOf(BigInt(value.num) * BigInt(times), BigInt(value.den) * BigInt(of));
}

/** The factor rounded to so many decimals, HALF_EVEN. */
export function roundFactor(value: Factor, decimals: number): Factor {
  const scale = 10n ** BigInt(decimals);
  return factorOf(roundQuotient(BigInt(value.num) * scale, BigInt(value.den), 'half_even'), scale);
}

/** round(base x factor) for a non-negative base: the interest of a period, in minor units. */
export function interestOn(base: Fen, factor: Factor, mode: RoundingMode): Fen {
  const { num, den } = factor;
  if (typeof num === 'number' && typeof den === 'number') return mulDivRound(base, num, den, mode);
  return exactFen(roundQuotient(BigInt(base) * BigInt(num), BigInt(den), mode));
}

/** An amount that was computed wide. Throws RangeError when it is no safe integer. */
export function exactFen(amount: bigint): Fen {
  if (amount > SAFE_MAX) throw new RangeError(`no safe integer: ${amount}`);
  return Number(amount);
}

function bigParts(left: Factor, right: Factor): [bigint, bigint, bigint, bigint] {
  return [BigInt(left.num), BigInt(left.den), BigInt(right.num), BigInt(right.den)];
}

function checked(num: number, den: number): Fraction {
  if (Number.isSafeInteger(num) && Number.isSafeInteger(den)) return { num, den };
  throw new Refusal('period_rate_out_of_range', 'the rate of a period needs too many digits', {
    numerator: num,
    denominator: den,
  });
}

function greatestDivisor(left: number, right: number): number {
  let divisor = left;
  let rest = right;
  while (rest > 0) {
    const next = divisor % rest;
    divisor = rest;
    rest = next;
  }
  return divisor;
}
