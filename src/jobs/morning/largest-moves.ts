import type { Fen, LoanId } from '../../accounting/money/units.js';

const MOVES_MAX = 20;

/** A loan that left its bucket; the principal is that of last night. */
export interface LargestMove {
  readonly loanId: LoanId;
  readonly from: string;
  readonly to: string;
  readonly principal: Fen;
}

/** The largest of all moves, however many come by. */
export class LargestMoves {
  #found: LargestMove[] = [];

  add(move: LargestMove): void {
    const last = this.#found[MOVES_MAX - 1];
    if (last !== undefined && order(move, last) > 0) return;
    this.#found.push(move);
    this.#found.sort(order);
    if (this.#found.length > MOVES_MAX) this.#found.pop();
  }

  get moves(): readonly LargestMove[] {
    return this.#found;
  }
}

/** The largest first; the same amount by the number of the loan. */
function order(left: LargestMove, right: LargestMove): number {
  return right.principal - left.principal || left.loanId - right.loanId;
}
