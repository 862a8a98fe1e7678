import { expect, it } from 'vitest';
import { bucketOf } from '../../../src/accounting/fold/loan-bucket.js';
import { BUCKET_COUNT } from '../../../src/accounting/money/units.js';

// Computed apart, from the definition: a change of any of them would orphan every stored loan.
it.each([
  ['', 11],
  ['A1', 203],
  ['HT20251000000001', 215],
  ['贷款-7', 219],
])('keeps the bucket of %j for ever', (loanNo, bucket) => {
  expect(bucketOf(loanNo)).toBe(bucket);
});

it('spreads running numbers evenly over the buckets', () => {
  const counts = new Array<number>(BUCKET_COUNT).fill(0);
  const loans = 200_000;
  for (let at = 0; at < loans; at += 1)
    counts[bucketOf(`HT2026${String(at).padStart(8, '0')}`)]! += 1;
  const mean = loans / BUCKET_COUNT;
  expect(Math.min(...counts)).toBeGreaterThan(0.7 * mean);
  expect(Math.max(...counts)).toBeLessThan(1.3 * mean);
});
