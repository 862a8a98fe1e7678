import type { DeductionTerms, FailureClass } from '../terms/deduction.js';

/** The class of a failure; a code that the channel does not name, or none, is `other`. */
export function classOf({ codes }: DeductionTerms, code: string | null): FailureClass {
  return (code === null ? undefined : codes.get(code)) ?? 'other';
}

/** `{channel}-{loan}-{instalment}-{attempt}-{part}`: unique, since channel and loan are. */
export function orderNo(
  channel: string,
  loanNo: string,
  seq: number,
  attempt: number,
  part: number,
): string {
  return `${channel}-${loanNo}-${seq}-${attempt}-${part}`;
}

/** Orders of a run as the files that they go out in, in their order. */
export function inBatches<T>(orders: readonly T[], max: number | null): T[][] {
  const size = max ?? orders.length;
  const batches: T[][] = [];
  for (let at = 0; at < orders.length; at += size) batches.push(orders.slice(at, at + size));
  return batches;
}
