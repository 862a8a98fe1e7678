import { RATE_SCALE, type RatePpb } from '../../accounting/money/units.js';
import type { FundingPlan } from './plan.js';

/** What is wrong with a plan: the path inside its document, and the rule. */
export interface PlanFault {
  readonly path: string;
  readonly rule: string;
  readonly value?: unknown;
}

export interface PlanBounds {
  /** The least that partners fund of a joint loan together; null: no floor. */
  readonly partnerShareFloorPpb: RatePpb | null;
  /** The loan's rate, where a fixed yield is to be held against it; null: it is not known yet. */
  readonly loanRatePpb: RatePpb | null;
}

export const UNBOUNDED: PlanBounds = { partnerShareFloorPpb: null, loanRatePpb: null };

/** Contradictions between the keys of a plan, and bounds of the policy that it breaks. */
export function faultsOfPlan(plan: FundingPlan, bounds: PlanBounds = UNBOUNDED): PlanFault[] {
  return [
    ...faultsOfParties(plan),
    ...faultsOfParts(plan),
    ...faultsOfFees(plan),
    ...faultsOfYields(plan, bounds.loanRatePpb),
    ...faultsOfFloor(plan, bounds.partnerShareFloorPpb),
  ];
}

function faultsOfParties({ parties, tail }: FundingPlan): PlanFault[] {
  const faults: PlanFault[] = [];
  const own = parties.filter((each) => each.own);
  if (own.length !== 1) {
    faults.push({
      path: 'parties',
      rule: 'must have exactly one party that is own',
      value: own.length,
    });
  }
  const codes = parties.map(({ party }) => party);
  for (const [at, code] of codes.entries()) {
    if (codes.indexOf(code) < at) {
      faults.push({
        path: `parties[${at}].party`,
        rule: 'is a party of the plan already',
        value: code,
      });
    }
  }
  if (!codes.includes(tail)) {
    faults.push({ path: 'tail', rule: 'must be a party of the plan', value: tail });
  }
  return faults;
}

function faultsOfParts({ parties, components }: FundingPlan): PlanFault[] {
  const faults: PlanFault[] = [];
  if (parties.every(({ part }) => part === 0)) {
    faults.push({ path: 'parties', rule: 'must have a part above 0' });
  }
  for (const [component, parts] of Object.entries(components)) {
    const path = `components.${component}`;
    if (Object.values(parts).every((part) => part === 0)) {
      faults.push({ path, rule: 'must have a part above 0' });
    }
    for (const [code, part] of Object.entries(parts)) {
      if (parties.some(({ party }) => party === code)) continue;
      faults.push({ path: `${path}.${code}`, rule: 'must be a party of the plan', value: part });
    }
  }
  return faults;
}

function faultsOfFees({ parties, serviceFees }: FundingPlan): PlanFault[] {
  return serviceFees.flatMap(({ from }, at) => {
    const known = parties.find(({ party }) => party === from);
    if (known !== undefined && !known.own) return [];
    const rule = 'must be a party of the plan that is not own';
    return [{ path: `service_fee[${at}].from`, rule, value: from }];
  });
}

function faultsOfYields({ parties }: FundingPlan, loanRatePpb: RatePpb | null): PlanFault[] {
  return parties.flatMap(({ own, ratePpb }, at) => {
    const path = `parties[${at}].rate`;
    if (ratePpb === null) return [];
    if (own) return [{ path, rule: 'must be left out: the lender takes what the others leave' }];
    if (loanRatePpb === null || ratePpb <= loanRatePpb) return [];
    return [{ path, rule: "must not be above the loan's rate", value: ratePpb / RATE_SCALE }];
  });
}

/** The bound itself is allowed; a plan of the lender alone is no joint loan. */
function faultsOfFloor({ parties }: FundingPlan, floorPpb: RatePpb | null): PlanFault[] {
  if (floorPpb === null) return [];
  const sum = parties.reduce((all, { part }) => all + part, 0);
  const others = parties.reduce((all, { part, own }) => all + (own ? 0 : part), 0);
  const isBelow = BigInt(others) * BigInt(RATE_SCALE) < BigInt(floorPpb) * BigInt(sum);
  if (others === 0 || !isBelow) return [];
  const rule = `must give partners ${floorPpb / RATE_SCALE} of the whole at least, by the policy`;
  return [{ path: 'parties', rule, value: `${others} of ${sum}` }];
}
