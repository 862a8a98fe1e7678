import type pg from 'pg';
import { BUCKET_COUNT } from '../../accounting/money/units.js';

/** Loans of a page: what a reader has in memory at a time, unless it says otherwise. */
const PAGE_LOANS = 1_000;

/** Buckets from one to another, both included. */
export type BucketRange = readonly [from: number, to: number];

/**
 * The buckets in ranges of about so many loans each, in order. A statement that says the range
 * of every table that it joins reads each of them once for the whole book, by its key.
 */
export async function bucketPages(
  client: pg.Client,
  loansAPage = PAGE_LOANS,
): Promise<BucketRange[]> {
  const { rows } = await client.query<{ loans: number }>('SELECT count(*) AS loans FROM loan');
  const width = Math.max(1, Math.floor((BUCKET_COUNT * loansAPage) / Math.max(1, rows[0]!.loans)));
  const pages: BucketRange[] = [];
  for (let from = 0; from < BUCKET_COUNT; from += width) {
    pages.push([from, Math.min(from + width, BUCKET_COUNT) - 1]);
  }
  return pages;
}
