import type { EpochDay, RatePpb } from '../../accounting/money/units.js';

/** What is shared, by the index that the loan's totals have too. */
export const SHARED = ['principal', 'interest', 'penalty', 'compound', 'fee'] as const;
export type Shared = (typeof SHARED)[number];

export interface PlanParty {
  readonly party: string;
  /** Whole number; its share is part / sum of parts. */
  readonly part: number;
  /** The lender itself. */
  readonly own: boolean;
  /** A fixed yield on its principal, instead of its part of the interest; null: none. */
  readonly ratePpb: RatePpb | null;
}

/** What the lender takes of what a party has received, VAT inside. */
export interface ServiceFee {
  readonly from: string;
  readonly of: readonly Shared[];
  readonly ratePpb: RatePpb;
  readonly vatPpb: RatePpb;
}

/** Who funds the loans of a plan, and who has what of them (FUNDING, Documents). Immutable. */
export interface FundingPlan {
  readonly code: string;
  readonly version: number;
  readonly effectiveFrom: EpochDay;
  readonly parties: readonly PlanParty[];
  /** Parts of a component that differ from those of the parties; who is not named has none. */
  readonly components: Readonly<Partial<Record<Shared, Readonly<Record<string, number>>>>>;
  /** Who takes what the others' rounded shares leave. */
  readonly tail: string;
  readonly serviceFees: readonly ServiceFee[];
  /** Code of the guarantee; null: none. */
  readonly guarantee: string | null;
}

/** Of loans without a plan: all is the lender's. */
export const OWN_ALONE: FundingPlan = {
  ...{ code: 'own', version: 0, effectiveFrom: 0 },
  parties: [{ party: 'own', part: 1, own: true, ratePpb: null }],
  ...{ components: {}, tail: 'own', serviceFees: [], guarantee: null },
};

/** The lender's own place in a plan that `faultsOfPlan` has passed. */
export function ownParty(plan: FundingPlan): PlanParty {
  const own = plan.parties.find((each) => each.own);
  if (own === undefined) throw new TypeError(`plan ${plan.code} has no own party`);
  return own;
}
