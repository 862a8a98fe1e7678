import { expect, it } from 'vitest';
import { BASES, CHANGES, CONTEXTS, faultOf, Probe } from '../accounting/product/product-keys.js';

it.each(BASES)(
  'a key changes a figure or is refused as no_effect, whatever the basis',
  (...bases) => {
    const probe = new Probe(10);
    const faults = bases.flatMap((base) => CHANGES.map((change) => faultOf(probe, [base], change)));
    expect(faults.filter((fault) => fault !== null)).toEqual([]);
  },
);

it.each(CONTEXTS)('and beside %j', (context) => {
  const probe = new Probe(5);
  const faults = BASES.flatMap((bases, method) =>
    CHANGES.map((change, k) => {
      const base = bases[(method + k) % bases.length] ?? {};
      return faultOf(probe, [base, context], change);
    }),
  );
  expect(faults.filter((fault) => fault !== null)).toEqual([]);
});
