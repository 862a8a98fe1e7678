import type pg from 'pg';
import { formatDay, parseDay } from '../../../accounting/calendar/epoch-day.js';
import { parseAmount, parseRatePpb } from '../../../accounting/money/amount-text.js';
import { mulDivRound } from '../../../accounting/money/money.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { LIMIT_DIGITS } from '../../../accounting/product/policy-bounds.js';
import { readSql } from '../../../db/sql-file.js';
import {
  type CustomerBalance,
  checkLimits,
  type LimitCheck,
  type LimitPolicy,
  type LimitRule,
  type PartnerBalances,
} from '../../../funding/limits/limits.js';
import type { FundingPlan } from '../../../funding/plan/plan.js';
import { loadFundingPlans } from '../../book/funding-plans.js';
import { storedPolicy } from '../../book/policy-bounds.js';
import { ownOfCustomers } from '../../day/at-close/customers-above.js';
import { ownOfAssigned } from '../../day/joint/assigned-own.js';
import { sealedRange } from '../../day/sealed-range.js';
import { listTerms } from '../terms/terms-queries.js';

export interface BookLimits {
  readonly asOf: string;
  readonly minorDigits: number;
  /** Of the policy; null: none is in force. */
  readonly effectiveFrom: string | null;
  readonly checks: readonly LimitCheck[];
  /** Bounds that nothing is known to measure: the policy says no tier-1 capital. */
  readonly unchecked: readonly LimitRule[];
}

interface OwnRow {
  readonly planId: number | null;
  readonly own: string;
}

/**
 * What the bounds of the policy come to at the close of a sealed day, by default the last: the
 * lender's own principal of joint and guaranteed loans (FUNDING, Limits). Throws as `sealedRange`,
 * and `document_changed` (3).
 */
export async function bookLimits(client: pg.Client, day?: EpochDay): Promise<BookLimits> {
  const { to, minorDigits } = await sealedRange(client, day === undefined ? {} : { to: day });
  const asOf = formatDay(to);
  const frame = { asOf, minorDigits };
  const found = await policyOf(client, asOf, minorDigits);
  if (found === null) return { ...frame, effectiveFrom: null, checks: [], unchecked: [] };
  const { policy, tier1CapitalFen, unchecked } = found;
  const owns = await ownByPlan(client, to);
  const plans = await loadFundingPlans(client);
  const groups = await groupsOf(client);
  const partners: PartnerBalances[] = [];
  let [loansFen, jointFen, guaranteedFen] = [0n, 0n, 0n];
  for (const [planId, own] of owns) {
    loansFen += own;
    if (planId === null) continue;
    const plan = plans.get(planId)!;
    if (plan.guarantee !== null) guaranteedFen += own;
    const parties = partnersOf(plan);
    if (parties.length > 0) jointFen += own;
    // A group that funds a plan by two parties has the loans once.
    for (const group of new Set(parties.map((party) => groups.get(party) ?? party))) {
      partners.push({ group, jointFen: own });
    }
  }
  partners.sort((left, right) =>
    left.group < right.group ? -1 : left.group > right.group ? 1 : 0,
  );
  const own = { tier1CapitalFen, loansFen, jointFen, guaranteedFen };
  const customers = await customersOf(client, to, policy);
  const checks = checkLimits(policy, own, partners, customers);
  return { ...frame, effectiveFrom: formatDay(policy.effectiveFrom), checks, unchecked };
}

/** Those who may be above the bound, and the one who owes most: there may be a million others. */
async function customersOf(
  client: pg.Client,
  day: EpochDay,
  { customerMaxFen }: LimitPolicy,
): Promise<CustomerBalance[]> {
  if (customerMaxFen === null) return [];
  const found = await ownOfCustomers(client, day, customerMaxFen);
  return found.map(({ customer, principal }) => ({ customer, balanceFen: BigInt(principal) }));
}

/** Who funds loans of a plan beside the lender. */
export function partnersOf({ parties }: FundingPlan): string[] {
  return parties.filter(({ own, part }) => !own && part > 0).map(({ party }) => party);
}

/** Which plans take no loan more: those by which a bound would be breached further. */
export async function stoppedPlans(client: pg.Client): Promise<(plan: FundingPlan) => boolean> {
  const { rows } = await client.query('SELECT FROM sealed_day LIMIT 1');
  if (rows.length === 0) return () => false;
  const { checks } = await bookLimits(client);
  const groups = await groupsOf(client);
  const breached = checks.filter(({ holds }) => !holds);
  const isBreached = (rule: LimitRule, of: string | null = null) =>
    breached.some((check) => check.rule === rule && check.of === of);
  return (plan) =>
    isBreached('joint_total') ||
    (plan.guarantee !== null && isBreached('guaranteed_share')) ||
    partnersOf(plan).some((party) =>
      isBreached('partner_concentration', groups.get(party) ?? party),
    );
}

async function groupsOf(client: pg.Client): Promise<ReadonlyMap<string, string>> {
  const partners = await listTerms(client, 'partner');
  // The latest version is the last of each.
  return new Map(partners.map(({ code, terms }) => [code, terms.group]));
}

/** The lender's own principal by plan, that of loans that changed hands under the new one. */
async function ownByPlan(
  client: pg.Client,
  day: EpochDay,
): Promise<ReadonlyMap<number | null, bigint>> {
  const { rows } = await client.query<OwnRow>(readSql(import.meta.url, 'own-balances'), [
    formatDay(day),
  ]);
  const owns = new Map(rows.map(({ planId, own }) => [planId, BigInt(own)]));
  for (const [planId, own] of await ownOfAssigned(client, day)) {
    owns.set(planId, (owns.get(planId) ?? 0n) + BigInt(own));
  }
  return owns;
}

interface FoundPolicy {
  readonly policy: LimitPolicy;
  readonly tier1CapitalFen: bigint;
  readonly unchecked: readonly LimitRule[];
}

async function policyOf(
  client: pg.Client,
  day: string,
  minorDigits: number,
): Promise<FoundPolicy | null> {
  const { rows } = await client.query<{
    effective_from: string;
    document: string;
    sha256: string;
  }>(
    `SELECT effective_from, document, sha256 FROM policy_version WHERE effective_from <= $1
     ORDER BY effective_from DESC LIMIT 1`,
    [day],
  );
  const row = rows[0];
  if (row === undefined) return null;
  const { funding } = storedPolicy(row).document;
  const share = (text: string) => parseRatePpb(text) ?? 0;
  const amount = (text: string) =>
    mulDivRound(
      parseAmount(text, LIMIT_DIGITS) ?? 0,
      1,
      10 ** (LIMIT_DIGITS - minorDigits),
      'down',
    );
  const capital = funding.tier1_capital;
  return {
    policy: {
      effectiveFrom: parseDay(row.effective_from) ?? 0,
      partnerConcentrationPpb: capital === null ? null : share(funding.partner_concentration),
      jointTotalPpb: share(funding.joint_total),
      guaranteedSharePpb: share(funding.guaranteed_share),
      customerMaxFen: funding.customer_max === null ? null : amount(funding.customer_max),
    },
    tier1CapitalFen: BigInt(capital === null ? 0 : amount(capital)),
    unchecked: capital === null ? ['partner_concentration'] : [],
  };
}
