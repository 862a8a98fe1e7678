import { describe, expect, it } from 'vitest';
import { disagreementsAmong, type HistoryKind } from '../histories/agreement.js';

const SEEDS_A_TEST = 10_000;

/**
 * Compares the fold with the model on the seeds from `from` to `to`; each test that ends is the
 * progress. Two files share the seeds, so that two cores can: `npm run test:long -- agreement
 * --fileParallelism --maxWorkers=2`.
 */
export function agreementOn(kind: HistoryKind, from: number, to: number): void {
  describe(`the fold and the model agree on random histories: ${kind}`, () => {
    for (let first = from; first <= to; first += SEEDS_A_TEST) {
      const last = Math.min(first + SEEDS_A_TEST - 1, to);
      it(`of the seeds ${first} to ${last}`, () => {
        expect(disagreementsAmong(kind, first, last).join('\n')).toBe('');
      });
    }
  });
}
