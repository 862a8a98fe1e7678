import { Refusal } from './refusal.js';

/** A non-negative rational in lowest terms of safe integers, as `mulDivRound` takes them. */
export interface Fraction {
  readonly num: number;
  readonly den: number;
}

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

/** The exact sum in lowest terms. */
export function addFractions(left: Fraction, right: Fraction): Fraction {
  const den = BigInt(left.den) * BigInt(right.den);
  const num = BigInt(left.num) * BigInt(right.den) + BigInt(right.num) * BigInt(left.den);
  let divisor = num;
  let rest = den;
  while (rest > 0n) {
    const next = divisor % rest;
    divisor = rest;
    rest = next;
  }
  return checked(Number(num / divisor), Number(den / divisor));
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
