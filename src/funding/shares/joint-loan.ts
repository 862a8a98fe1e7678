import { exactRound } from '../../accounting/money/exact-round.js';
import { type Fen, RATE_SCALE, type RatePpb } from '../../accounting/money/units.js';
import { type FundingPlan, ownParty, SHARED } from '../plan/plan.js';
import { Shares } from './share.js';

/** What happens to a joint loan: the first three bring in, the others take out. */
export const MOVES = [
  'disbursement',
  'accrual',
  'charge',
  'repayment',
  'waiver',
  'merchant_refund',
] as const;
export type MoveKind = (typeof MOVES)[number];
const BRINGS_IN: ReadonlySet<MoveKind> = new Set(['disbursement', 'accrual', 'charge']);
/** Whose shares the parties receive: a waiver brings none. */
const IS_MONEY: ReadonlySet<MoveKind> = new Set(['repayment', 'merchant_refund']);

/** Amounts by the index of SHARED. */
export type Amounts = readonly Fen[];

/** What a move did: by party in the plan's order, then by component. */
export interface MoveShares {
  readonly shares: readonly Amounts[];
  /** The lender's fee of it by party, VAT inside, and that VAT. */
  readonly fees: readonly Fen[];
  readonly taxes: readonly Fen[];
}

/** A move that the loan's totals do not bear: more would be out than came in, or less than none. */
export interface MoveFault {
  readonly component: number;
  readonly rule: string;
}

/**
 * One loan under one plan: the lifetime totals of what came in and went out, from which every share
 * follows (FUNDING, Shares). A move has the difference of the shares before and after it, so that
 * the parts of a loan that is 0 are 0.
 */
export class JointLoan {
  readonly plan: FundingPlan;
  readonly #shares: Shares;
  readonly #in: Fen[];
  readonly #out: Fen[] = SHARED.map(() => 0);
  /** By fee of the plan: what its party has received of the named components. */
  readonly #received: Fen[];

  /** `begins`: the balances that an assignment starts with. */
  constructor(plan: FundingPlan, loanRatePpb: RatePpb, begins: Amounts = SHARED.map(() => 0)) {
    this.plan = plan;
    this.#shares = new Shares(plan, loanRatePpb);
    this.#in = [...begins];
    this.#received = plan.serviceFees.map(() => 0);
  }

  /** The shares of a move, kept; a fault changes nothing. Negative amounts take a move back. */
  move(kind: MoveKind, amounts: Amounts): MoveShares | MoveFault {
    const totals = BRINGS_IN.has(kind) ? this.#in : this.#out;
    const before = [...totals];
    const after = totals.map((total, component) => total + amounts[component]!);
    const fault = this.#faultOf(BRINGS_IN.has(kind), after);
    if (fault !== null) return fault;
    for (const [component, total] of after.entries()) totals[component] = total;
    const shares = this.plan.parties.map((_, party) =>
      after.map(
        (total, component) =>
          this.#shares.of(party, component, total) -
          this.#shares.of(party, component, before[component]!),
      ),
    );
    return { shares, ...this.#feesOf(kind, shares) };
  }

  /** A party's balance: its share of what came in less that of what went out. */
  balance(party: number, component: number): Fen {
    return (
      this.#shares.of(party, component, this.#in[component]!) -
      this.#shares.of(party, component, this.#out[component]!)
    );
  }

  #faultOf(isIn: boolean, after: Amounts): MoveFault | null {
    for (const [component, total] of after.entries()) {
      const came = isIn ? total : this.#in[component]!;
      const went = isIn ? this.#out[component]! : total;
      if (total < 0) return { component, rule: 'must not take back more than there was' };
      if (went > came) return { component, rule: 'must not be more than there is' };
    }
    return null;
  }

  #feesOf(kind: MoveKind, shares: readonly Amounts[]): Pick<MoveShares, 'fees' | 'taxes'> {
    const fees = this.plan.parties.map(() => 0);
    const taxes = this.plan.parties.map(() => 0);
    if (!IS_MONEY.has(kind)) return { fees, taxes };
    for (const [at, { from, of, ratePpb, vatPpb }] of this.plan.serviceFees.entries()) {
      const party = this.plan.parties.findIndex((each) => each.party === from);
      const before = this.#received[at]!;
      let received = before;
      for (const component of of) received += shares[party]![SHARED.indexOf(component)]!;
      this.#received[at] = received;
      const [feeBefore, feeAfter] = [before, received].map((sum) => feeOf(sum, ratePpb));
      fees[party]! += feeAfter! - feeBefore!;
      taxes[party]! += vatWithin(feeAfter!, vatPpb) - vatWithin(feeBefore!, vatPpb);
    }
    return { fees, taxes };
  }
}

/** The fee of what a party has received in its lifetime, VAT inside; and that VAT. */
export function feeOf(received: Fen, ratePpb: RatePpb): Fen {
  return exactRound([received, ratePpb], [RATE_SCALE], 'half_up');
}

export function vatWithin(fee: Fen, vatPpb: RatePpb): Fen {
  return fee - exactRound([fee, RATE_SCALE], [RATE_SCALE + vatPpb], 'half_up');
}

/** Whether a move came out. */
export function isFault(outcome: MoveShares | MoveFault): outcome is MoveFault {
  return 'rule' in outcome;
}

/** The place of the lender among the parties of a plan. */
export function ownAt(plan: FundingPlan): number {
  return plan.parties.indexOf(ownParty(plan));
}
