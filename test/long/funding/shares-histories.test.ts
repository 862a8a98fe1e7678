import { expect, it } from 'vitest';
import { type Met, playJointLoan } from '../../model/funding/joint-histories.js';

const HISTORIES = 100_000;

it(`shares do what the page says in ${HISTORIES} random histories`, () => {
  const met: Met = new Map();
  for (let seed = 1_000_001; seed <= 1_000_000 + HISTORIES; seed += 1) playJointLoan(seed, met);
  expect(met.get('other order') ?? 0).toBeGreaterThan(10_000);
  expect(met.get('back-dated') ?? 0).toBeGreaterThan(10_000);
});
