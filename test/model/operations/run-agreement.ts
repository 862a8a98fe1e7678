import { isDeepStrictEqual } from 'node:util';
import { simulatePlan } from '../../../src/jobs/operations/simulate/simulate-plan.js';
import { NaiveRun } from './naive-run.js';
import { randomRun } from './random-run.js';

/** Where the engine and the naive model make different things of a random run. */
export function runDisagreements(from: number, to: number): string[] {
  const seeds = Array.from({ length: to - from + 1 }, (_, at) => from + at);
  return seeds.flatMap((seed) => {
    const input = randomRun(seed);
    const engine = simulatePlan(input);
    const model = new NaiveRun(input).answer();
    if (isDeepStrictEqual(engine, model)) return [];
    return [`seed ${seed}\n${JSON.stringify({ input, engine, model }, null, 1)}`];
  });
}
