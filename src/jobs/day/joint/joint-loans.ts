import type { Position } from '../../../accounting/fold/position.js';
import { LoanShares } from '../../../funding/shares/loan-shares.js';
import type { Book, GroupPlan } from '../../book/book.js';

/** A plan with its shares, by the rate of the loan where a party has a fixed yield. */
interface Shared {
  readonly planId: number;
  readonly hasYield: boolean;
  readonly byRate: Map<number, LoanShares>;
  readonly plan: GroupPlan;
}

/** The plans of those accounting groups whose loans others fund as well. */
export class JointLoans {
  readonly #groups: (Shared | undefined)[] = [];
  readonly any: boolean;

  constructor(book: Pick<Book, 'groups'>) {
    for (const [groupId, { plan }] of book.groups) {
      if (plan === null || isOwnAlone(plan)) continue;
      const hasYield = plan.terms.parties.some(({ ratePpb }) => ratePpb !== null);
      this.#groups[groupId] = { planId: plan.planId, hasYield, byRate: new Map(), plan };
    }
    this.any = this.#groups.length > 0;
  }

  planId(groupId: number): number | undefined {
    return this.#groups[groupId]?.planId;
  }

  /** The shares of a loan; undefined where the lender has all of it. */
  sharesOf(position: Position): LoanShares | undefined {
    const group = this.#groups[position.groupId];
    if (group === undefined) return undefined;
    // The rate at the assignment: the first one, where it has changed since.
    const rate = group.hasYield ? (position.special?.rates[0]?.ratePpb ?? position.ratePpb) : 0;
    let shares = group.byRate.get(rate);
    if (shares === undefined) {
      shares = new LoanShares(group.plan.terms, rate);
      group.byRate.set(rate, shares);
    }
    return shares;
  }
}

/** A plan of the lender alone is none: every share is the whole. */
function isOwnAlone({ terms }: GroupPlan): boolean {
  return terms.parties.length === 1;
}
