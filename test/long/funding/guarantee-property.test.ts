import { expect, it } from 'vitest';
import { playGuarantee, type Seen } from '../../funding/guarantee/random-guarantees.js';

const HISTORIES = 20_000;

it(`does what the page says in ${HISTORIES} random histories of guaranteed loans`, () => {
  const seen: Seen = new Map();
  for (let seed = 1_000_001; seed <= 1_000_000 + HISTORIES; seed += 1) playGuarantee(seed, seen);
  expect(seen.get('buy_back_short') ?? 0).toBeGreaterThan(100);
});
