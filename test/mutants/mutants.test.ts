import { expect, it } from 'vitest';
import { ACCEPTED } from './accepted.js';
import { MUTATIONS } from './mutations.js';
import { runMutants } from './run-mutants.js';

const MUTANTS = 300;
/** Each mutant is a command of its own; 20,000 of them in test/long. */
const PATIENCE_MS = 5 * 60_000;

it('a mutated file is refused whole, or taken as it reads', { timeout: PATIENCE_MS }, async () => {
  const tallies = await runMutants(MUTANTS);
  const faults = [...tallies.values()].flatMap((tally) => tally.faults);
  expect(faults).toEqual([]);
  const all = [...tallies.values()];
  expect(all.reduce((sum, { mutants }) => sum + mutants, 0)).toBeGreaterThanOrEqual(MUTANTS);
  // A line that cannot be read is answered by an error of its own: the file as a whole is taken.
  const whole = [...tallies].filter(([name]) => name !== 'simulation lines');
  expect(whole.filter(([, { taken, mutants }]) => taken === mutants)).toEqual([]);
});

it('every class of what is taken with another value is of a mutation, and says why', () => {
  const names = new Set(MUTATIONS.map(({ name }) => name));
  expect(ACCEPTED.filter(({ mutation, why }) => !names.has(mutation) || why === '')).toEqual([]);
});
