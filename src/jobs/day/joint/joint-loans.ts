import type { Position } from '../../../accounting/fold/position.js';
import type { EpochDay, RatePpb } from '../../../accounting/money/units.js';
import { type FundingPlan, OWN_ALONE } from '../../../funding/plan/plan.js';
import { LoanShares } from '../../../funding/shares/loan-shares.js';
import type { Book } from '../../book/book.js';
import type { AssignedLoans, Assignment } from './assigned-loans.js';

/** The plan that rules a loan on a day, with its shares. */
export interface Joint {
  /** 0: the lender alone, without a plan. */
  readonly planId: number;
  readonly shares: LoanShares;
  /** By which it was assigned to that plan; null: it came with it. */
  readonly assignment: Assignment | null;
}

/** A plan with its shares, by the rate of the loan where a party has a fixed yield. */
interface Shared {
  readonly hasYield: boolean;
  readonly byRate: Map<RatePpb, Joint>;
  readonly planId: number;
  readonly terms: FundingPlan;
}

/** The plans of those accounting groups whose loans others fund as well, from some day on. */
export class JointLoans {
  readonly #groups: (Shared | undefined)[] = [];
  readonly #plans = new Map<number | null, Shared>([[null, shared(0, OWN_ALONE)]]);
  readonly #assigned: AssignedLoans;
  readonly any: boolean;

  constructor(book: Pick<Book, 'groups' | 'assigned'>, assigned: AssignedLoans) {
    this.#assigned = assigned;
    const mixed = new Set(book.assigned.groups);
    for (const [planId, terms] of book.assigned.plans) {
      this.#plans.set(planId, shared(planId, terms));
    }
    for (const [groupId, { plan }] of book.groups) {
      const isAlone = plan === null || isOwnAlone(plan.terms);
      if (!isAlone) this.#groups[groupId] = shared(plan.planId, plan.terms);
      // The sums of a group are of shares for all of its loans, or for none.
      else if (mixed.has(groupId)) this.#groups[groupId] = this.#plans.get(null)!;
    }
    this.any = this.#groups.length > 0;
  }

  has(groupId: number): boolean {
    return this.#groups[groupId] !== undefined;
  }

  /** The plan of a loan on a day; undefined where the lender has all of every loan of its group. */
  on(position: Position, date: EpochDay): Joint | undefined {
    const group = this.#groups[position.groupId];
    if (group === undefined) return undefined;
    const assignment = this.#assigned.of(position.loanId, date);
    if (assignment !== undefined) return this.#assignedTo(assignment);
    // The rate at the assignment: the first one, where it has changed since.
    const rate = position.special?.rates[0]?.ratePpb ?? position.ratePpb;
    return jointAt(group, rate);
  }

  #assignedTo(assignment: Assignment): Joint {
    const plan = this.#plans.get(assignment.planId);
    if (plan === undefined) throw new TypeError(`plan ${assignment.planId} was not loaded`);
    const { planId, shares } = jointAt(plan, assignment.ratePpb);
    return { planId, shares: shares.startingAt(assignment.starts), assignment };
  }
}

function shared(planId: number, terms: FundingPlan): Shared {
  const hasYield = terms.parties.some(({ ratePpb }) => ratePpb !== null);
  return { planId, terms, hasYield, byRate: new Map() };
}

function jointAt({ planId, terms, hasYield, byRate }: Shared, ratePpb: RatePpb): Joint {
  const rate = hasYield ? ratePpb : 0;
  const known = byRate.get(rate);
  if (known !== undefined) return known;
  const joint = { planId, shares: new LoanShares(terms, rate), assignment: null };
  byRate.set(rate, joint);
  return joint;
}

/** A plan of the lender alone is none: every share is the whole. */
function isOwnAlone({ parties }: FundingPlan): boolean {
  return parties.length === 1;
}
