import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatAmount,
  minorDigitsOf,
  parseAmount,
  parseRatePpb,
  parseTotal,
} from '../../../src/accounting/money/amount-text.js';

describe('amounts', () => {
  test.each([
    ['10000.00', 2, 1_000_000],
    ['0.29', 2, 29],
    ['-0.05', 2, -5],
    ['+7', 2, 700],
    ['7.5', 2, 750],
    ['1000', 0, 1000],
    ['1.234', 3, 1234],
    ['-0', 2, 0],
    ['90071992547409.91', 2, Number.MAX_SAFE_INTEGER],
  ])('%s with %d decimals is %d', (text, digits, expected) => {
    expect(parseAmount(text, digits)).toBe(expected);
  });

  test.each(['', ' 1', '1 ', '1,000.00', '1e3', '.5', '5.', '1.234', '--1', '0x1', '١', 'NaN'])(
    '%j is refused',
    (text) => {
      expect(parseAmount(text, 2)).toBeUndefined();
    },
  );

  test('an amount beyond the safe integers is refused', () => {
    expect(parseAmount('90071992547409.92', 2)).toBeUndefined();
  });

  test.each([
    ['90071992547409.92', 9_007_199_254_740_992n],
    ['-120000000000000.1', -12_000_000_000_000_010n],
    ['-0', 0n],
    ['1.234', undefined],
    ['', undefined],
  ])('the total %j is %s', (text, expected) => {
    expect(parseTotal(text, 2)).toBe(expected);
  });

  test('an amount is the total of the same text, whatever the text', () => {
    const character = fc.constantFrom(...'00123456789..+-, e');
    const text = fc.array(character, { maxLength: 19 }).map((characters) => characters.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(0, 2, 3), (amount, digits) => {
        const total = Number(parseTotal(amount, digits));
        const expected = Number.isSafeInteger(total) ? total : undefined;
        expect(parseAmount(amount, digits)).toBe(expected);
      }),
      { numRuns: 20_000 },
    );
  });

  test('formatted amounts parse to themselves', () => {
    const amounts = fc.integer({ min: -Number.MAX_SAFE_INTEGER, max: Number.MAX_SAFE_INTEGER });
    fc.assert(
      fc.property(amounts, fc.constantFrom(0, 2, 3), (amount, digits) => {
        expect(parseAmount(formatAmount(amount, digits), digits)).toBe(amount);
      }),
      { numRuns: 5000 },
    );
  });

  test.each([
    [-5, 2, '-0.05'],
    [0, 2, '0.00'],
    [1234, 3, '1.234'],
    [-7, 0, '-7'],
  ])('%d with %d decimals shows as %s', (amount, digits, expected) => {
    expect(formatAmount(amount, digits)).toBe(expected);
  });
});

describe('rates', () => {
  test.each([
    ['0.18', false, 180_000_000],
    ['18', true, 180_000_000],
    ['14.07', true, 140_700_000],
    ['0.000000001', false, 1],
    ['0.1800000000000', false, 180_000_000],
    ['1.5', false, 1_500_000_000],
  ])('%s (percent: %s) is %d ppb', (text, percent, expected) => {
    expect(parseRatePpb(text, percent)).toBe(expected);
  });

  test.each(['0.0000000001', '-0.1', '18%', '1e-3', ''])('%j is refused', (text) => {
    expect(parseRatePpb(text)).toBeUndefined();
  });
});

test.each([
  ['CNY', 2],
  ['USD', 2],
  ['JPY', 0],
  ['KWD', 3],
])('the minor unit of %s has %d decimals', (currency, digits) => {
  expect(minorDigitsOf(currency)).toBe(digits);
});
