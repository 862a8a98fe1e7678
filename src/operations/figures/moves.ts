import { isOnBook, type LoanAtClose, overdueBucketOf, sumOf } from './loan-at-close.js';

/** Where loans went from a bucket: to a bucket, or off the book. */
export type Moves = readonly {
  readonly from: string;
  readonly to: string;
  readonly loans: number;
  readonly principal: bigint;
}[];

/** The order of the rows: buckets sort by their names. */
const ENDS = ['settled', 'written_off', 'transferred', 'cancelled'];

/** From last night to tonight, by the principal of last night; new loans are in no row. */
export function movesOf(loans: readonly LoanAtClose[]): Moves {
  const rows = new Map<string, { from: string; to: string; moved: LoanAtClose[] }>();
  for (const loan of loans) {
    if (!isOnBook(loan.statusBefore) || loan.principalBefore === 0) continue;
    const from = `M${overdueBucketOf(loan.daysPastDueBefore)}`;
    const to = isOnBook(loan.status) ? `M${overdueBucketOf(loan.daysPastDue)}` : loan.status;
    const key = `${from}${ENDS.indexOf(to) + 1}${to}`;
    const row = rows.get(key) ?? { from, to, moved: [] };
    row.moved.push(loan);
    rows.set(key, row);
  }
  return [...rows]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([, { from, to, moved }]) => ({
      from,
      to,
      loans: moved.length,
      principal: sumOf(moved.map(({ principalBefore }) => principalBefore)),
    }));
}
