/** How an amount between two minor units is rounded: `half_up` and `half_even` to the nearer. */
export type RoundingMode = 'half_up' | 'half_even' | 'up' | 'down';

const SAFE_MAX = Number.MAX_SAFE_INTEGER;

/** Veltkamp's constant for 53-bit doubles: splits a factor into two halves of at most 26 bits. */
const SPLITTER = 2 ** 27 + 1;

/**
 * The checked bound of the double-double path. With a quotient below 2^50 the estimate
 * `floor(fl(hi / c))` is off by less than 1.25 and the remainder lies in (-0.25 c, 1.25 c), which
 * for a divisor up to 2^52 is a safe integer: every difference below is exact.
 */
const WIDE_DIVISOR_MAX = 2 ** 52;
const WIDE_QUOTIENT_MAX = 2 ** 50;

/** Where the divisions below leave their result, so that none of them allocates. */
const division = { quotient: 0, remainder: 0 };

/**
 * round(a * b / c), exact for safe integers: `a` and `b` of any sign, `c` positive. `half_up` is
 * half away from zero, `up` away from zero, `down` toward zero. Integers are the caller's promise
 * on the direct path. Throws RangeError when the result is no safe integer or an argument is not.
 */
export function mulDivRound(a: number, b: number, c: number, mode: RoundingMode): number {
  const product = a * b;
  const size = Math.abs(product);
  // Up to 2^53 - 1 a product is exact, and so is the floor of its quotient: a quotient below an
  // integer n is at least 1/c below it, more than half a unit in the last place of n.
  // The commonest mode first, as floor(x + 1/2) without a branch on the rest, which is a coin toss.
  const doubled = size + size + c;
  if (mode === 'half_up' && doubled <= SAFE_MAX && c > 0) {
    const rounded = Math.floor(doubled / (c + c));
    return product < 0 ? 0 - rounded : rounded;
  }
  if (size <= SAFE_MAX && c > 0) {
    const quotient = Math.floor(size / c);
    const rest = size - quotient * c;
    const rounded = rest === 0 ? quotient : roundRest(quotient, rest, c, mode);
    return product < 0 ? 0 - rounded : rounded;
  }
  divideWide(Math.abs(a), Math.abs(b), c);
  const { quotient, remainder: rest } = division;
  const rounded = rest === 0 ? quotient : roundRest(quotient, rest, c, mode);
  if (rounded > SAFE_MAX) throw outOfRange(a, b, c);
  return product < 0 ? 0 - rounded : rounded;
}

/**
 * The floor of a * b / c, exactly, for non-negative safe `a` and `b` and a positive safe `c`. The
 * remainder, 0 <= remainder < c, is what `remainder()` says until the next call of this module: a
 * penalty night happens millions of times and must not allocate. Throws RangeError when the
 * quotient is no safe integer.
 */
export function mulDivRem(a: number, b: number, c: number): number {
  const product = a * b;
  if (product >= 0 && product <= SAFE_MAX && c > 0) {
    const quotient = Math.floor(product / c);
    division.remainder = product - quotient * c;
    return quotient;
  }
  if (a < 0 || b < 0) throw outOfRange(a, b, c);
  divideWide(a, b, c);
  return division.quotient;
}

/** The remainder of the last `mulDivRem`; any other call of this module spoils it. */
export function remainder(): number {
  return division.remainder;
}

function roundRest(quotient: number, rest: number, c: number, mode: RoundingMode): number {
  // 0 or 1: exact below 2^53, and again no branch.
  if (mode === 'half_up') return quotient + Math.floor((rest + rest) / c);
  if (mode === 'down') return quotient;
  if (mode === 'up') return quotient + 1;
  const twice = rest * 2;
  return twice > c || (twice === c && quotient % 2 === 1) ? quotient + 1 : quotient;
}

/** The rounding error of the double product `a * b`, exactly (Dekker's two-product). */
function productTail(a: number, b: number, product: number): number {
  const aScaled = a * SPLITTER;
  const aHigh = aScaled - (aScaled - a);
  const aLow = a - aHigh;
  const bScaled = b * SPLITTER;
  const bHigh = bScaled - (bScaled - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

function divideWide(a: number, b: number, c: number): void {
  if (!(Number.isSafeInteger(a) && Number.isSafeInteger(b) && Number.isSafeInteger(c) && c > 0)) {
    throw outOfRange(a, b, c);
  }
  const high = a * b;
  const estimate = high / c;
  if (c > WIDE_DIVISOR_MAX || estimate >= WIDE_QUOTIENT_MAX) {
    divideBig(a, b, c);
    return;
  }
  let quotient = Math.floor(estimate);
  const back = quotient * c;
  let rest = high - back + (productTail(a, b, high) - productTail(quotient, c, back));
  if (rest < 0) {
    quotient -= 1;
    rest += c;
  } else if (rest >= c) {
    quotient += 1;
    rest -= c;
  }
  division.quotient = quotient;
  division.remainder = rest;
}

function divideBig(a: number, b: number, c: number): void {
  const product = BigInt(a) * BigInt(b);
  const divisor = BigInt(c);
  const quotient = product / divisor;
  if (quotient > BigInt(SAFE_MAX)) throw outOfRange(a, b, c);
  division.quotient = Number(quotient);
  division.remainder = Number(product - quotient * divisor);
}

/** round(numerator / denominator) for a non-negative numerator and a positive denominator. */
export function roundQuotient(numerator: bigint, denominator: bigint, mode: RoundingMode): bigint {
  const quotient = numerator / denominator;
  const rest = numerator - quotient * denominator;
  if (rest === 0n || mode === 'down') return quotient;
  if (mode === 'up') return quotient + 1n;
  const twice = rest * 2n;
  if (twice > denominator) return quotient + 1n;
  if (twice < denominator) return quotient;
  return mode === 'half_up' || quotient % 2n === 1n ? quotient + 1n : quotient;
}

function outOfRange(a: number, b: number, c: number): RangeError {
  return new RangeError(`no safe integer: ${a} x ${b} / ${c}`);
}
