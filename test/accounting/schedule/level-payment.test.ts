import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fraction } from '../../../src/accounting/money/fraction.js';
import { type RoundingMode, roundQuotient } from '../../../src/accounting/money/money.js';
import { levelPayment } from '../../../src/accounting/schedule/level-payment.js';

const MODES: readonly RoundingMode[] = ['half_up', 'half_even', 'up', 'down'];

/** The payment as one rational: P divided by the sum of the discounts v^k, v = b / (a + b). */
function slowPayment(principal: number, a: number, b: number, n: number, mode: RoundingMode) {
  const grown = BigInt(a + b);
  let sum = 0n;
  for (let k = 1; k <= n; k += 1) sum += BigInt(b) ** BigInt(k) * grown ** BigInt(n - k);
  return roundQuotient(BigInt(principal) * grown ** BigInt(n), sum, mode);
}

describe('levelPayment', () => {
  test.each([
    ['half_up', 51],
    ['half_even', 50],
    ['up', 51],
    ['down', 50],
  ] as const)('an exact half, 0.505, by %s is %d', (mode, expected) => {
    // One period pays P (1 + i): 50 x 1.01 = 50.5.
    expect(levelPayment(50, fraction(1, 1, 100), 1, mode, 1)).toBe(expected);
  });

  test.each(MODES)('a payment that is whole stays whole under %s', (mode) => {
    // 2 periods at 100%: P x 4/3, for 300 exactly 400.
    expect(levelPayment(300, fraction(1, 1, 1), 2, mode, 1)).toBe(400);
    expect(levelPayment(300, fraction(1, 1, 1), 2, mode, 100)).toBe(400);
    expect(levelPayment(300, fraction(0, 1, 1), 3, mode, 1)).toBe(100);
  });

  test('agrees with the sum of discounts in BigInt', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.integer({ min: 1, max: 100_000 }), fc.integer({ min: 1, max: 10 ** 13 })),
        fc.integer({ min: 1, max: 1_000_000_000 }),
        fc.integer({ min: 1, max: 120 }),
        fc.constantFrom(...MODES),
        (principal, ratePpb, n, mode) => {
          const rate = fraction(ratePpb, 1, 12_000_000_000);
          const expected = slowPayment(principal, rate.num, rate.den, n, mode);
          expect(BigInt(levelPayment(principal, rate, n, mode, 1))).toBe(expected);
        },
      ),
      { numRuns: 3000 },
    );
  });
});
