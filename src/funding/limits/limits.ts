import { type EpochDay, type Fen, RATE_SCALE, type RatePpb } from '../../accounting/money/units.js';

/** Bounds of the lender's own balances from a day on; null: no such bound. */
export interface LimitPolicy {
  readonly effectiveFrom: EpochDay;
  readonly partnerConcentrationPpb: RatePpb | null;
  readonly jointTotalPpb: RatePpb | null;
  readonly guaranteedSharePpb: RatePpb | null;
  readonly customerMaxFen: Fen | null;
}

/** In the order in which they are checked. */
export const LIMIT_RULES = [
  'partner_concentration',
  'joint_total',
  'guaranteed_share',
  'customer_max',
] as const;
export type LimitRule = (typeof LIMIT_RULES)[number];

/** The lender's own balances of the loans that a partner funds. */
export interface PartnerBalances {
  readonly group: string;
  readonly jointFen: bigint;
}

/** Sums of a whole book, in fen: they outgrow what a number has exactly. */
export interface OwnBalances {
  readonly tier1CapitalFen: bigint;
  /** All own loans, and those of them that partners fund or guarantors stand for. */
  readonly loansFen: bigint;
  readonly jointFen: bigint;
  readonly guaranteedFen: bigint;
}

export interface CustomerBalance {
  readonly customer: string;
  readonly balanceFen: bigint;
}

export interface LimitCheck {
  readonly rule: LimitRule;
  /** A group or a customer; null: the whole book. */
  readonly of: string | null;
  readonly value: bigint;
  readonly limit: bigint;
  readonly headroom: bigint;
  readonly holds: boolean;
}

/** The policy of a day: the latest dated on or before it. */
export function policyOn(policies: readonly LimitPolicy[], day: EpochDay): LimitPolicy | null {
  return policies.reduce<LimitPolicy | null>(
    (latest, each) =>
      each.effectiveFrom <= day && each.effectiveFrom >= (latest?.effectiveFrom ?? -Infinity)
        ? each
        : latest,
    null,
  );
}

/** What the bounds of a policy come to (FUNDING, Limits and routing); a bound itself is allowed. */
export function checkLimits(
  policy: LimitPolicy,
  own: OwnBalances,
  partners: readonly PartnerBalances[],
  customers: Iterable<CustomerBalance>,
): LimitCheck[] {
  const checks: LimitCheck[] = [];
  const { partnerConcentrationPpb, jointTotalPpb, guaranteedSharePpb, customerMaxFen } = policy;
  if (partnerConcentrationPpb !== null) {
    const limit = shareOf(own.tier1CapitalFen, partnerConcentrationPpb);
    for (const [group, value] of jointByGroup(partners)) {
      checks.push(checkOf('partner_concentration', group, value, limit));
    }
  }
  if (jointTotalPpb !== null) {
    const limit = shareOf(own.loansFen, jointTotalPpb);
    checks.push(checkOf('joint_total', null, own.jointFen, limit));
  }
  if (guaranteedSharePpb !== null) {
    const limit = shareOf(own.loansFen, guaranteedSharePpb);
    checks.push(checkOf('guaranteed_share', null, own.guaranteedFen, limit));
  }
  if (customerMaxFen === null) return checks;
  for (const { customer, balanceFen } of customers) {
    checks.push(checkOf('customer_max', customer, balanceFen, BigInt(customerMaxFen)));
  }
  return checks;
}

/** In the order in which groups first come. */
function jointByGroup(partners: readonly PartnerBalances[]): Map<string, bigint> {
  const groups = new Map<string, bigint>();
  for (const { group, jointFen } of partners) {
    groups.set(group, (groups.get(group) ?? 0n) + jointFen);
  }
  return groups;
}

/** Rounded down: what is above a bound by a part of a fen is above it. */
function shareOf(base: bigint, ratePpb: RatePpb): bigint {
  const exact = base * BigInt(ratePpb);
  const scale = BigInt(RATE_SCALE);
  return exact / scale - (exact % scale < 0n ? 1n : 0n);
}

function checkOf(rule: LimitRule, of: string | null, value: bigint, limit: bigint): LimitCheck {
  return { rule, of, value, limit, headroom: limit - value, holds: value <= limit };
}
