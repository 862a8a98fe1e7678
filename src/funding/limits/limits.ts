import { exactRound } from '../../accounting/money/exact-round.js';
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
  readonly jointFen: Fen;
}

export interface OwnBalances {
  readonly tier1CapitalFen: Fen;
  /** All own loans, and those of them that partners fund or guarantors stand for. */
  readonly loansFen: Fen;
  readonly jointFen: Fen;
  readonly guaranteedFen: Fen;
}

export interface CustomerBalance {
  readonly customer: string;
  readonly balanceFen: Fen;
}

export interface LimitCheck {
  readonly rule: LimitRule;
  /** A group or a customer; null: the whole book. */
  readonly of: string | null;
  readonly value: Fen;
  readonly limit: Fen;
  readonly headroom: Fen;
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
    checks.push(checkOf('customer_max', customer, balanceFen, customerMaxFen));
  }
  return checks;
}

/** In the order in which groups first come. */
function jointByGroup(partners: readonly PartnerBalances[]): Map<string, Fen> {
  const groups = new Map<string, Fen>();
  for (const { group, jointFen } of partners) {
    groups.set(group, (groups.get(group) ?? 0) + jointFen);
  }
  return groups;
}

function shareOf(base: Fen, ratePpb: RatePpb): Fen {
  return exactRound([base, ratePpb], [RATE_SCALE], 'down');
}

function checkOf(rule: LimitRule, of: string | null, value: Fen, limit: Fen): LimitCheck {
  return { rule, of, value, limit, headroom: limit - value, holds: value <= limit };
}
