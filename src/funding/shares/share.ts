import { exactRound } from '../../accounting/money/exact-round.js';
import { mulDivRound } from '../../accounting/money/money.js';
import type { Fen, RatePpb } from '../../accounting/money/units.js';
import { type FundingPlan, SHARED } from '../plan/plan.js';

/** How one party's share of a lifetime total of one component is worked out. */
export type ShareRule =
  | { readonly kind: 'none' }
  | { readonly kind: 'rest' }
  | { readonly kind: 'part'; readonly part: number; readonly sum: number }
  | {
      readonly kind: 'yield';
      readonly part: number;
      readonly sum: number;
      readonly ratePpb: RatePpb;
      readonly loanRatePpb: RatePpb;
    };

const INTEREST = SHARED.indexOf('interest');

/**
 * The parties' shares of lifetime totals under one plan and loan rate: r(T x part / sum) for all
 * but the tail, which has the rest (FUNDING, Shares). Parties are named by their place in the plan.
 */
export class Shares {
  readonly #rules: readonly (readonly ShareRule[])[];

  constructor(plan: FundingPlan, loanRatePpb: RatePpb) {
    this.#rules = SHARED.map((_, component) => rulesOf(plan, component, loanRatePpb));
  }

  /** How each party's share of a component is worked out, in the plan's order. */
  rulesOf(component: number): readonly ShareRule[] {
    return this.#rules[component]!;
  }

  /** A party's share of a total of a component, by its index; of any sign. */
  of(party: number, component: number, total: Fen): Fen {
    const rules = this.#rules[component]!;
    const rule = rules[party]!;
    if (rule.kind !== 'rest') return shareBy(rule, total);
    let rest = total;
    for (const other of rules) if (other.kind !== 'rest') rest -= shareBy(other, total);
    return rest;
  }

  /** Everybody's, in the plan's order; they sum to the total. */
  all(component: number, total: Fen): Fen[] {
    return this.#rules[component]!.map((_, party) => this.of(party, component, total));
  }
}

/** The parts that the parties have of a component, in the plan's order. */
export function partsOf(plan: FundingPlan, component: number): number[] {
  const named = plan.components[SHARED[component]!];
  // The lender's alone, unless the plan says otherwise.
  const isOwnAlone = SHARED[component] === 'fee' && named === undefined;
  return plan.parties.map(({ party, part, own }) => {
    if (isOwnAlone) return own ? 1 : 0;
    return named === undefined ? part : (named[party] ?? 0);
  });
}

function rulesOf(plan: FundingPlan, component: number, loanRatePpb: RatePpb): ShareRule[] {
  const own = plan.parties.findIndex((each) => each.own);
  const parts = partsOf(plan, component);
  const sum = parts.reduce((all, part) => all + part, 0);
  const isYield = (at: number) => component === INTEREST && plan.parties[at]!.ratePpb !== null;
  const anyYield = parts.some((part, at) => part > 0 && isYield(at));
  const tail = anyYield ? own : tailOf(plan, parts);
  return parts.map((part, at): ShareRule => {
    if (at === tail) return { kind: 'rest' };
    if (part === 0) return { kind: 'none' };
    const { ratePpb } = plan.parties[at]!;
    if (!isYield(at) || ratePpb === null) return { kind: 'part', part, sum };
    return { kind: 'yield', part, sum, ratePpb, loanRatePpb };
  });
}

/** The plan's tail; where it has no part of the component, the last party that has one. */
function tailOf(plan: FundingPlan, parts: readonly number[]): number {
  const tail = plan.parties.findIndex(({ party }) => party === plan.tail);
  return (parts[tail] ?? 0) > 0 ? tail : parts.findLastIndex((part) => part > 0);
}

function shareBy(rule: Exclude<ShareRule, { kind: 'rest' }>, total: Fen): Fen {
  switch (rule.kind) {
    case 'none':
      return 0;
    case 'part':
      return mulDivRound(total, rule.part, rule.sum, 'half_up');
    case 'yield':
      // A loan without interest has none to share.
      if (rule.loanRatePpb === 0) return 0;
      return exactRound([total, rule.part, rule.ratePpb], [rule.sum, rule.loanRatePpb], 'half_up');
  }
}
