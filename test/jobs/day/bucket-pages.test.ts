import type pg from 'pg';
import { describe, expect, it } from 'vitest';
import { BUCKET_COUNT } from '../../../src/accounting/money/units.js';
import { bucketPages } from '../../../src/jobs/day/bucket-pages.js';

const bookOf = (loans: number) =>
  ({ query: () => Promise.resolve({ rows: [{ loans }] }) }) as unknown as pg.Client;

describe('pages of a book by buckets', () => {
  it.each([
    // Of 1024 buckets: all at once up to a thousand loans; 1024000 / 300000 = 3.4 buckets a page, so
    // 342 pages; one each from 1024000 loans on.
    [0, 1],
    [1_000, 1],
    [300_000, 342],
    [1_024_000, 1_024],
    [50_000_000, 1_024],
  ])('has every bucket of %i loans once, in %i pages', async (loans, count) => {
    const pages = await bucketPages(bookOf(loans));
    expect(pages).toHaveLength(count);
    const buckets = pages.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, at) => from + at),
    );
    expect(buckets).toEqual(Array.from({ length: BUCKET_COUNT }, (_, at) => at));
  });
});
