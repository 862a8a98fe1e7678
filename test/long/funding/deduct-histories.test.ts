import { describe, it } from 'vitest';
import { holdHistory } from '../../model/funding/deduct-agreement.js';

const SEEDS_A_TEST = 5_000;

describe('deductions agree with the model, and with what customers lost', () => {
  for (let first = 401; first < 20_401; first += SEEDS_A_TEST) {
    it(`of the ${SEEDS_A_TEST} seeds from ${first}`, () => {
      for (let seed = first; seed < first + SEEDS_A_TEST; seed += 1) holdHistory(seed);
    });
  }
});
