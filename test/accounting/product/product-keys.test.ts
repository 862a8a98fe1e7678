import { expect, it } from 'vitest';
import { BASES, CHANGES, faultOf, Probe } from './product-keys.js';

it('a key changes a figure or is refused as no_effect: each one in every method', () => {
  const probe = new Probe(0);
  // Each time under another basis; test/long has them all, and other keys beside.
  const faults = BASES.flatMap((bases, method) =>
    CHANGES.map((change, k) => faultOf(probe, [bases[(method + k) % bases.length] ?? {}], change)),
  );
  expect(faults.filter((fault) => fault !== null)).toEqual([]);
});
