import { expect, it } from 'vitest';
import { runMutants } from '../mutants/run-mutants.js';

const MUTANTS = Number(process.env.MUTANTS ?? 20_000);

it(`${MUTANTS} mutated files are refused whole, or taken as they read`, async () => {
  const tallies = await runMutants(MUTANTS);
  const table = [...tallies].map(([kind, { faults, ...counts }]) => ({ kind, ...counts }));
  console.table(table);
  expect([...tallies.values()].flatMap(({ faults }) => faults)).toEqual([]);
  const made = [...tallies.values()].reduce((sum, { mutants }) => sum + mutants, 0);
  expect(made).toBeGreaterThanOrEqual(MUTANTS);
});
