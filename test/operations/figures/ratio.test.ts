import { describe, expect, it } from 'vitest';
import { shownRate } from '../../../src/operations/figures/ratio.js';

describe('a rate as it is shown', () => {
  it.each([
    [1n, 3n, '0.333333'],
    [2n, 3n, '0.666667'],
    [1n, 2_000_000n, '0.000001'],
    [1n, 2_000_001n, '0.000000'],
    // An account may stand below nothing: as far from it as above.
    [-1n, 3n, '-0.333333'],
    [-2n, 3n, '-0.666667'],
    [-1n, 2_000_000n, '-0.000001'],
    [-1n, 2_000_001n, '0.000000'],
    [5n, 0n, null],
  ])('%d of %d is %s', (num, den, shown) => {
    expect(shownRate({ num, den })).toBe(shown);
  });
});
