import { describe, expect, it } from 'vitest';
import { cashFindings } from '../histories/cash-property.js';

const SEEDS_A_TEST = 10_000;

/**
 * Holds the cash of the histories of the seeds from `from` to `to` to that of the events that
 * stand. Two files share the seeds, as those of the agreement do.
 */
export function cashStandsOn(from: number, to: number): void {
  describe('cash is that of the events that stand', () => {
    for (let first = from; first <= to; first += SEEDS_A_TEST) {
      const last = Math.min(first + SEEDS_A_TEST - 1, to);
      it(`on the seeds ${first} to ${last}`, () => {
        const { differing, skipped } = cashFindings(first, last);
        expect(differing.join('\n')).toBe('');
        expect(skipped).toBeLessThan(SEEDS_A_TEST / 20);
      });
    }
  });
}
