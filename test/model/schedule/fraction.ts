/** Exact fractions over bigint: the model rounds only where the conventions say so. */
export interface Fraction {
  readonly n: bigint;
  readonly d: bigint;
}

export type Rounding = 'half_up' | 'half_even' | 'up' | 'down';

export const ZERO: Fraction = { n: 0n, d: 1n };
export const ONE: Fraction = { n: 1n, d: 1n };

function commonDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function reduced(n: bigint, d: bigint): Fraction {
  const divisor = commonDivisor(n, d);
  return divisor > 1n ? { n: n / divisor, d: d / divisor } : { n, d };
}

export function ratio(n: bigint | number, d: bigint | number): Fraction {
  const [top, bottom] = [BigInt(n), BigInt(d)];
  if (bottom === 0n) throw new Error('a fraction over zero');
  return bottom < 0n ? { n: -top, d: -bottom } : { n: top, d: bottom };
}

export function whole(n: bigint): Fraction {
  return { n, d: 1n };
}

export function fromDecimal(text: string): Fraction {
  const match = /^([+-]?)(\d*)\.?(\d*)$/.exec(text.trim());
  const digits = `${match?.[2] ?? ''}${match?.[3] ?? ''}`;
  if (!match || digits === '') throw new Error(`not a decimal: ${text}`);
  const n = BigInt(digits);
  return { n: match[1] === '-' ? -n : n, d: 10n ** BigInt((match[3] ?? '').length) };
}

export function add(a: Fraction, b: Fraction): Fraction {
  if (a.d === b.d) return { n: a.n + b.n, d: a.d };
  return reduced(a.n * b.d + b.n * a.d, a.d * b.d);
}

export function subtract(a: Fraction, b: Fraction): Fraction {
  return add(a, { n: -b.n, d: b.d });
}

export function multiply(a: Fraction, b: Fraction): Fraction {
  return { n: a.n * b.n, d: a.d * b.d };
}

export function divide(a: Fraction, b: Fraction): Fraction {
  return ratio(a.n * b.d, a.d * b.n);
}

export function sum(items: readonly Fraction[]): Fraction {
  return items.reduce(add, ZERO);
}

export function compare(a: Fraction, b: Fraction): number {
  const difference = a.n * b.d - b.n * a.d;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

export function smaller(a: Fraction, b: Fraction): Fraction {
  return compare(a, b) <= 0 ? a : b;
}

/** Rounds to a whole number; `up` is away from zero, `down` towards it. */
export function round(a: Fraction, mode: Rounding): bigint {
  const negative = a.n < 0n;
  const n = negative ? -a.n : a.n;
  const floor = n / a.d;
  const twice = 2n * (n % a.d);
  const goesUp =
    mode === 'up'
      ? twice > 0n
      : mode === 'down'
        ? false
        : twice > a.d || (twice === a.d && (mode === 'half_up' || floor % 2n === 1n));
  const size = goesUp ? floor + 1n : floor;
  return negative ? -size : size;
}

export function roundToMultiple(a: Fraction, multiple: Fraction, mode: Rounding): bigint {
  return round(multiply(whole(round(divide(a, multiple), mode)), multiple), mode);
}

export function roundToDecimals(a: Fraction, decimals: number, mode: Rounding): Fraction {
  const scale = 10n ** BigInt(decimals);
  return ratio(round(multiply(a, whole(scale)), mode), scale);
}

export function power(base: Fraction, exponent: number): Fraction {
  return { n: base.n ** BigInt(exponent), d: base.d ** BigInt(exponent) };
}
