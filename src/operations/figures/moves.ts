import { Total } from '../../accounting/money/total.js';
import { isOnBook, type LoanStanding, overdueBucketOf } from './loan-at-close.js';

/** Where loans went from a bucket: to a bucket, or off the book. */
export type Moves = readonly {
  readonly from: string;
  readonly to: string;
  readonly loans: number;
  readonly principal: bigint;
}[];

/** What a move may end in, in the order of the rows of each bucket. */
const BUCKETS = Array.from({ length: 8 }, (_, bucket) => `M${bucket}`);
export const MOVE_ENDS: readonly string[] = [
  ...BUCKETS,
  ...['settled', 'written_off', 'transferred', 'cancelled'],
];

/** From where to where a loan went since last night; undefined: it was not on the book. */
export function moveOf(loan: LoanStanding): { from: string; to: string } | undefined {
  if (!isOnBook(loan.statusBefore) || loan.principalBefore === 0) return undefined;
  const from = `M${overdueBucketOf(loan.daysPastDueBefore)}`;
  const to = isOnBook(loan.status) ? `M${overdueBucketOf(loan.daysPastDue)}` : loan.status;
  return { from, to };
}

/** From last night to tonight, by the principal of last night; new loans are in no row. */
export class MoveSums {
  readonly #rows = new Map<string, { loans: number; readonly principal: Total }>();

  add(loan: LoanStanding): void {
    const move = moveOf(loan);
    if (move === undefined) return;
    const key = `${move.from} ${move.to}`;
    let row = this.#rows.get(key);
    if (row === undefined) {
      row = { loans: 0, principal: new Total() };
      this.#rows.set(key, row);
    }
    row.loans += 1;
    row.principal.add(loan.principalBefore);
  }

  get moves(): Moves {
    return BUCKETS.flatMap((from) =>
      MOVE_ENDS.flatMap((to) => {
        const row = this.#rows.get(`${from} ${to}`);
        return row === undefined
          ? []
          : [{ from, to, loans: row.loans, principal: row.principal.value }];
      }),
    );
  }
}
