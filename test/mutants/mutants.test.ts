import { expect, it } from 'vitest';
import { ACCEPTED } from './accepted.js';
import { MUTATIONS } from './mutate.js';
import { runMutants } from './run-mutants.js';

const MUTANTS = Number(process.env.MUTANTS ?? 1_000);

it('a mutated file is refused whole, or taken as it reads', async () => {
  const tallies = await runMutants(MUTANTS);
  const faults = [...tallies.values()].flatMap((tally) => tally.faults);
  expect(faults).toEqual([]);
  const all = [...tallies.values()];
  expect(all.reduce((sum, { mutants }) => sum + mutants, 0)).toBeGreaterThanOrEqual(MUTANTS);
  expect(all.filter(({ taken, mutants }) => taken === mutants)).toEqual([]);
}, 900_000);

it('every class of what is taken with another value is of a mutation, and says why', () => {
  const names = new Set(MUTATIONS.map(({ name }) => name));
  expect(ACCEPTED.filter(({ mutation, why }) => !names.has(mutation) || why === '')).toEqual([]);
});
