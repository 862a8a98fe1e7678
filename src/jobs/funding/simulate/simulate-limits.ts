import type { z } from 'zod';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import { checkedDay, date, listOf, mapping, oneOf, rate } from '../../../documents/fields.js';
import { checkShape, refuseViolations, type Violation } from '../../../documents/violations.js';
import { checkLimits, type LimitPolicy, policyOn } from '../../../funding/limits/limits.js';
import {
  amount,
  amountOrNull,
  amountText,
  checkedRate,
  code,
  shown,
} from '../documents/amount-fields.js';

const policySchema = mapping({
  effective_from: date(),
  partner_share_floor: rate().nullable().default(null),
  partner_concentration: rate().nullable().default(null),
  joint_total: rate().nullable().default(null),
  guaranteed_share: rate().nullable().default(null),
  customer_max: amountText().nullable().default(null),
});

const limitsSchema = mapping({
  kind: oneOf('limits'),
  as_of: date(),
  policy: listOf(policySchema),
  own: mapping({ tier1_capital: amount().optional(), loans: amount().optional() }).prefault({}),
  partners: listOf(
    mapping({
      party: code(),
      group: code().optional(),
      joint: amount().default(0),
      guaranteed: amount().default(0),
    }),
  ).default([]),
  customers: listOf(mapping({ customer: code(), balance: amount() })).default([]),
});
type LimitsCase = z.output<typeof limitsSchema>;

/** What the bounds of a day's policy come to. Throws LoanbookError `invalid_document`. */
export function simulateLimits(input: unknown, name = 'limits'): object {
  const document = checkShape(limitsSchema, input, { name });
  const { own, partners, customers } = document;
  refuseViolations({ name }, faultsOfPolicies(document));
  const policy = policyOn(document.policy.map(limitPolicy), checkedDay(document.as_of));
  if (policy === null) return { effective_from: null, checks: [] };
  refuseViolations({ name }, missingOf(document, policy));
  const checks = checkLimits(
    policy,
    {
      tier1CapitalFen: BigInt(own.tier1_capital ?? 0),
      loansFen: BigInt(own.loans ?? 0),
      jointFen: partners.reduce((sum, { joint }) => sum + BigInt(joint), 0n),
      guaranteedFen: partners.reduce((sum, { guaranteed }) => sum + BigInt(guaranteed), 0n),
    },
    partners.map(({ party, group = party, joint }) => ({ group, jointFen: BigInt(joint) })),
    customers.map(({ customer, balance }) => ({ customer, balanceFen: BigInt(balance) })),
  );
  return {
    effective_from: formatDay(policy.effectiveFrom),
    checks: checks.map(({ value, limit, headroom, holds, ...what }) => ({
      ...what,
      ...{ value: shown(value), limit: shown(limit), headroom: shown(headroom), holds },
    })),
  };
}

function limitPolicy(each: z.output<typeof policySchema>): LimitPolicy {
  const share = (text: string | null) => (text === null ? null : checkedRate(text));
  return {
    effectiveFrom: checkedDay(each.effective_from),
    partnerConcentrationPpb: share(each.partner_concentration),
    jointTotalPpb: share(each.joint_total),
    guaranteedSharePpb: share(each.guaranteed_share),
    customerMaxFen: amountOrNull(each.customer_max),
  };
}

/** Of two policies of one day none would be the latest. */
function faultsOfPolicies({ policy }: LimitsCase): Violation[] {
  const dates = policy.map(({ effective_from }) => effective_from);
  const rule = 'is the day of another policy';
  return dates.flatMap((value, at) =>
    dates.indexOf(value) === at ? [] : [{ path: `policy[${at}].effective_from`, rule, value }],
  );
}

/** What the policy measures against has to be there. */
function missingOf({ own }: LimitsCase, policy: LimitPolicy): Violation[] {
  const { partnerConcentrationPpb, jointTotalPpb, guaranteedSharePpb } = policy;
  const ofCapital = partnerConcentrationPpb !== null && own.tier1_capital === undefined;
  const ofLoans = (jointTotalPpb ?? guaranteedSharePpb) !== null && own.loans === undefined;
  return [
    ...(ofCapital ? [{ path: 'own.tier1_capital', rule: 'is required' }] : []),
    ...(ofLoans ? [{ path: 'own.loans', rule: 'is required' }] : []),
  ];
}
