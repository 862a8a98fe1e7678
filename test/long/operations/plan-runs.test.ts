import { describe, expect, it } from 'vitest';
import { runDisagreements } from '../../model/operations/run-agreement.js';

const RUNS = 10_000;
const A_TEST = 1000;

describe('the run of a plan and its naive model agree on random runs', () => {
  for (let from = 1; from <= RUNS; from += A_TEST) {
    it(`of the seeds ${from} to ${from + A_TEST - 1}`, () => {
      expect(runDisagreements(from, from + A_TEST - 1).slice(0, 1)).toEqual([]);
    });
  }
});
