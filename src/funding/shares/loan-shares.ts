import { mulDivRound } from '../../accounting/money/money.js';
import type { Fen, RatePpb } from '../../accounting/money/units.js';
import { type FundingPlan, SHARED } from '../plan/plan.js';
import { type Amounts, ownAt } from './joint-loan.js';
import { Shares } from './share.js';

/** Balances of a loan that are shared, by index; those of one component sum to its balance. */
export const SHARED_BALANCES = [
  'principal_normal',
  'principal_overdue',
  'interest_accrued',
  'interest_due',
  'penalty',
  'compound',
  'fee',
] as const;
/** The component of each of them, by its index in SHARED. */
export const COMPONENT_OF: readonly number[] = [0, 0, 1, 1, 2, 3, 4];

const PRINCIPAL = SHARED.indexOf('principal');
const INTEREST = SHARED.indexOf('interest');

/** What had gone out of a loan when it was assigned, by component: in all, and by money. */
export interface Starts {
  readonly out: Amounts;
  readonly money: Amounts;
}

/** Of a loan that keeps the plan that it came with. */
const FROM_BIRTH: Starts = { out: SHARED.map(() => 0), money: SHARED.map(() => 0) };

/**
 * Shares of a loan as its lifetime totals have them: nothing else is kept of a joint loan. One that
 * was assigned to another plan counts from there: `in` starts with its balances, `out` with 0.
 */
export class LoanShares {
  readonly plan: FundingPlan;
  /** Places of the parties other than the lender that have a part of anything. */
  readonly others: readonly number[];
  readonly #shares: Shares;
  readonly #own: number;
  readonly #starts: Starts;

  constructor(
    plan: FundingPlan,
    loanRatePpb: RatePpb,
    starts: Starts = FROM_BIRTH,
    shares = new Shares(plan, loanRatePpb),
  ) {
    this.plan = plan;
    this.#shares = shares;
    this.#starts = starts;
    this.#own = ownAt(plan);
    this.others = [...plan.parties.keys()].filter((at) => at !== this.#own);
  }

  /** The same parts for a loan that was assigned when so much had gone out of it. */
  startingAt(starts: Starts): LoanShares {
    return new LoanShares(this.plan, 0, starts, this.#shares);
  }

  /** The lender's share of a lifetime total of a component: what came in, or went out. */
  own(component: number, total: Fen): Fen {
    return this.of(this.#own, component, total);
  }

  /** A party's. */
  of(party: number, component: number, total: Fen): Fen {
    return this.#shares.of(party, component, total - this.#starts.out[component]!);
  }

  /** What a party has received of the money that a component was ever paid with. */
  received(party: number, component: number, money: Fen): Fen {
    return this.#shares.of(party, component, money - this.#starts.money[component]!);
  }

  /** The lender's share of what grew to `after`. */
  ownGrowth(component: number, before: Fen, after: Fen): Fen {
    return this.own(component, after) - this.own(component, before);
  }

  /**
   * The lender's shares of the balances, from what stands and what went out of each component:
   * share(in) - share(out). Within a component the page has no rule: overdue principal is in the
   * proportion of the whole, due interest by the plan; what one balance holds alone is all of it.
   */
  ownBalances(whole: Amounts, out: Amounts, into: Fen[]): void {
    const [normal = 0, overdue = 0, accrued = 0, due = 0] = whole;
    const principal = this.#ownOf(PRINCIPAL, normal + overdue, out);
    into[1] =
      overdue === 0
        ? 0
        : normal === 0
          ? principal
          : mulDivRound(principal, overdue, normal + overdue, 'half_up');
    into[0] = principal - into[1];
    const interest = this.#ownOf(INTEREST, accrued + due, out);
    into[3] = due === 0 ? 0 : accrued === 0 ? interest : this.#shares.of(this.#own, INTEREST, due);
    into[2] = interest - into[3];
    for (let balance = 4; balance < SHARED_BALANCES.length; balance += 1) {
      into[balance] = this.#ownOf(COMPONENT_OF[balance]!, whole[balance]!, out);
    }
  }

  /**
   * Everybody's, in the plan's order, which sum to the balances: the lender's as above. Of overdue
   * principal the last of the others has what the proportions of the rest leave.
   */
  balancesOfAll(whole: Amounts, out: Amounts): Fen[][] {
    const [normal = 0, overdue = 0, accrued = 0, due = 0] = whole;
    const all = this.plan.parties.map((_, at) => {
      const of = (c: number, balance: Fen) =>
        this.of(at, c, out[c]! + balance) - this.of(at, c, out[c]!);
      const principal = of(PRINCIPAL, normal + overdue);
      const interest = of(INTEREST, accrued + due);
      const owed = due === 0 ? 0 : accrued === 0 ? interest : this.#shares.of(at, INTEREST, due);
      const late =
        overdue === 0
          ? 0
          : normal === 0
            ? principal
            : mulDivRound(principal, overdue, normal + overdue, 'half_up');
      const rest = [4, 5, 6].map((balance) => of(COMPONENT_OF[balance]!, whole[balance]!));
      return [principal - late, late, interest - owed, owed, ...rest];
    });
    const left = all.reduce((sum, each) => sum - each[1]!, overdue);
    const last = all[this.others.at(-1) ?? this.#own]!;
    last[0]! -= left;
    last[1]! += left;
    return all;
  }

  #ownOf(component: number, balance: Fen, out: Amounts): Fen {
    return balance === 0
      ? 0
      : this.ownGrowth(component, out[component]!, out[component]! + balance);
  }
}
