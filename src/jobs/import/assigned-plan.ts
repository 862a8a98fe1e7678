import type pg from 'pg';
import type { EpochDay, RatePpb } from '../../accounting/money/units.js';
import { faultsOfPlan } from '../../funding/plan/check-plan.js';
import type { FundingPlan } from '../../funding/plan/plan.js';
import { loadFundingPlans } from '../book/funding-plans.js';
import type { BoundsOn } from '../book/policy-bounds.js';
import type { RowProblem } from './source/source-columns.js';

interface PlanVersion {
  readonly planId: number;
  readonly plan: FundingPlan;
}

/** The versions of the book's funding plans by code. */
export class PlanCatalogue {
  readonly #byCode = new Map<string, PlanVersion[]>();

  static async load(client: pg.Client): Promise<PlanCatalogue> {
    const catalogue = new PlanCatalogue();
    for (const [planId, plan] of await loadFundingPlans(client)) {
      const versions = catalogue.#byCode.get(plan.code) ?? [];
      versions.push({ planId, plan });
      catalogue.#byCode.set(plan.code, versions);
    }
    for (const versions of catalogue.#byCode.values()) versions.sort(latestFirst);
    return catalogue;
  }

  has(code: string): boolean {
    return this.#byCode.has(code);
  }

  /** The version in force on a day: that of the latest `effective_from`. */
  find(code: string, on: EpochDay): PlanVersion | undefined {
    return this.#byCode.get(code)?.find(({ plan }) => plan.effectiveFrom <= on);
  }
}

function latestFirst({ plan: a }: PlanVersion, { plan: b }: PlanVersion): number {
  return b.effectiveFrom - a.effectiveFrom || b.version - a.version;
}

/** Of a loan that no plan is named for: the lender funds it alone. */
const NO_PLAN = 0;

/** What of a contract an assignment depends on. */
interface Assigned {
  readonly disbursedOn: EpochDay;
  readonly ratePpb: RatePpb;
}

/** The plan version of a loan whose file has `code`, or why it cannot be assigned. */
export type PlanOf = (code: string, contract: Assigned) => number | RowProblem;

export function planOf(plans: PlanCatalogue, boundsOn: BoundsOn): PlanOf {
  return (code, contract) => assignedPlan(plans, boundsOn, code, contract);
}

/**
 * The number of the plan version that a loan is assigned under: the one in force when it was
 * disbursed, and for ever; or why it cannot be.
 */
function assignedPlan(
  plans: PlanCatalogue,
  boundsOn: BoundsOn,
  code: string,
  { disbursedOn, ratePpb }: Assigned,
): number | RowProblem {
  if (code === '') return NO_PLAN;
  const problem = (field: string, rule: string): RowProblem => ({ field, rule, value: code });
  if (!plans.has(code)) return problem('funding_plan', 'unknown_plan');
  const found = plans.find(code, disbursedOn);
  if (found === undefined) return problem('funding_plan', 'plan_not_effective');
  const { planId, plan } = found;
  const floor = boundsOn(disbursedOn)?.partnerShareFloorPpb ?? null;
  const ofRate = { partnerShareFloorPpb: null, loanRatePpb: ratePpb };
  if (faultsOfPlan(plan, ofRate).length > 0) return problem('funding_plan', 'yield_above_rate');
  const ofFloor = { partnerShareFloorPpb: floor, loanRatePpb: null };
  if (faultsOfPlan(plan, ofFloor).length > 0)
    return problem('funding_plan', 'partner_share_below_floor');
  return planId;
}
