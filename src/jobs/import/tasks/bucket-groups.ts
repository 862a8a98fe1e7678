import { bucketOf } from '../../../accounting/fold/loan-bucket.js';
import { BUCKET_COUNT } from '../../../accounting/money/units.js';

/** Neighbouring buckets whose rows are kept together at first. */
export const GROUP_BUCKETS = 4;
export const GROUPS = BUCKET_COUNT / GROUP_BUCKETS;

/** The group of a loan's number. */
export function groupOf(loanNo: string): number {
  return groupOfBucket(bucketOf(loanNo));
}

export function groupOfBucket(bucket: number): number {
  return Math.floor(bucket / GROUP_BUCKETS);
}
