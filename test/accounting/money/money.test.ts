import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  mulDivRem,
  mulDivRound,
  type RoundingMode,
  remainder,
} from '../../../src/accounting/money/money.js';

const MAX = Number.MAX_SAFE_INTEGER;
const MODES: readonly RoundingMode[] = ['half_up', 'half_even', 'up', 'down'];

/** The same definition in BigInt, the slow way: the auditor of the three paths. */
function slowRound(a: number, b: number, c: number, mode: RoundingMode): bigint {
  const product = BigInt(a) * BigInt(b);
  const size = product < 0n ? -product : product;
  const divisor = BigInt(c);
  let quotient = size / divisor;
  const rest = size % divisor;
  const half = rest * 2n - divisor;
  if (mode === 'up' && rest > 0n) quotient += 1n;
  if (mode === 'half_up' && half >= 0n) quotient += 1n;
  if (mode === 'half_even' && (half > 0n || (half === 0n && quotient % 2n === 1n))) quotient += 1n;
  return product < 0n ? -quotient : quotient;
}

/** All sizes alike, with the extremes and powers of two, where double arithmetic would slip. */
const magnitude = fc.oneof(
  fc.integer({ min: 0, max: 1000 }),
  fc.integer({ min: 0, max: 2 ** 31 - 1 }),
  fc.maxSafeNat(),
  fc.maxSafeNat().map((value) => MAX - (value % 1000)),
  fc
    .tuple(fc.integer({ min: 0, max: 52 }), fc.integer({ min: -2, max: 2 }))
    .map(([power, off]) => Math.min(MAX, Math.abs(2 ** power + off))),
);
const positive = magnitude.map((value) => Math.max(1, value));
const signed = fc
  .tuple(magnitude, fc.boolean())
  .map(([value, minus]) => (minus ? 0 - value : value));

function expectRounded(a: number, b: number, c: number, mode: RoundingMode): void {
  const expected = slowRound(a, b, c, mode);
  if (expected > BigInt(MAX) || expected < -BigInt(MAX)) {
    expect(() => mulDivRound(a, b, c, mode)).toThrow(RangeError);
    return;
  }
  const actual = mulDivRound(a, b, c, mode);
  if (BigInt(actual) !== expected || Object.is(actual, -0)) {
    throw new Error(`${a} * ${b} / ${c} ${mode}: expected ${expected}, got ${actual}`);
  }
}

describe('mulDivRound', () => {
  test.each([
    [5, 1, 2, 'half_up', 3],
    [-5, 1, 2, 'half_up', -3],
    [5, 1, 2, 'half_even', 2],
    [7, 1, 2, 'half_even', 4],
    [-5, 1, 2, 'down', -2],
    [-5, 1, 2, 'up', -3],
    [0, 7, 3, 'up', 0],
  ] as const)('%d * %d / %d %s is %d', (a, b, c, mode, expected) => {
    expect(mulDivRound(a, b, c, mode)).toBe(expected);
  });

  test('agrees with BigInt on random triples of every size', () => {
    fc.assert(fc.property(signed, signed, positive, fc.constantFrom(...MODES), expectRounded), {
      numRuns: 150_000,
    });
  });

  test('agrees with BigInt at exact halves and one off them', () => {
    const near = fc.tuple(
      fc.integer({ min: 0, max: 2 ** 40 }),
      fc.integer({ min: 1, max: 2 ** 11 }),
      fc.integer({ min: -1, max: 1 }),
    );
    fc.assert(
      fc.property(near, fc.constantFrom(...MODES), ([quotient, c, off], mode) => {
        // (2q + 1) c / 2c is exactly q + 1/2.
        expectRounded(Math.max(0, (2 * quotient + 1) * c + off), 1, 2 * c, mode);
        expectRounded(2 * quotient + 1, c * 2 ** 30, c * 2 ** 31, mode);
      }),
      { numRuns: 50_000 },
    );
  });

  test('refuses a divisor that is not positive, and arguments out of range', () => {
    expect(() => mulDivRound(1, 1, 0, 'down')).toThrow(RangeError);
    expect(() => mulDivRound(1, 1, -2, 'half_up')).toThrow(RangeError);
    expect(() => mulDivRound(2 ** 60, 1, 4, 'down')).toThrow(RangeError);
    expect(() => mulDivRound(Number.NaN, 1, 4, 'down')).toThrow(RangeError);
  });
});

describe('mulDivRem', () => {
  test('quotient and remainder agree with BigInt', () => {
    fc.assert(
      fc.property(magnitude, magnitude, positive, (a, b, c) => {
        const product = BigInt(a) * BigInt(b);
        if (product / BigInt(c) > BigInt(MAX)) {
          expect(() => mulDivRem(a, b, c)).toThrow(RangeError);
          return;
        }
        const quotient = mulDivRem(a, b, c);
        const rest = remainder();
        if (BigInt(quotient) * BigInt(c) + BigInt(rest) !== product || rest < 0 || rest >= c) {
          throw new Error(`${a} * ${b} / ${c}: got ${quotient} remainder ${rest}`);
        }
      }),
      { numRuns: 100_000 },
    );
  });

  test('refuses negative factors', () => {
    expect(() => mulDivRem(-1, 1, 3)).toThrow(RangeError);
  });
});
