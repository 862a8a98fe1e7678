import { describe, expect, it } from 'vitest';
import { differenceOn } from '../histories/agreement.js';
import { openedLoan } from '../histories/random-opening.js';

const SEEDS_A_TEST = 2_000;

describe('the fold and the model agree on loans that come with a position', () => {
  for (let first = 1_001; first <= 20_000; first += SEEDS_A_TEST) {
    const last = first + SEEDS_A_TEST - 1;
    it(`of the seeds ${first} to ${last}`, () => {
      const found: string[] = [];
      for (let seed = first; seed <= last && found.length < 10; seed += 1) {
        const document = openedLoan(seed);
        const difference = document === undefined ? undefined : differenceOn(document);
        if (difference !== undefined) found.push(`${seed}: ${difference}`);
      }
      expect(found.join('\n')).toBe('');
    });
  }
});
