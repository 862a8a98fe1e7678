import { type FundingPlan, SHARED } from '../plan/plan.js';
import { partsOf } from '../shares/share.js';

/** Own parts go to the buyer, or come back from it. */
export type Way = 'out' | 'back';

/** Why an assignment is no sale of own parts to the buyer, and no return of them. */
export type PartFault = 'more_than_own_share' | 'wrong_way' | 'nothing_sold';

/** A part of a component, as a fraction that is compared exactly, and its yield. */
interface Part {
  readonly part: number;
  readonly sum: number;
  readonly ratePpb: number | null;
}

const NOTHING: Part = { part: 0, sum: 1, ratePpb: null };

/**
 * Whether from one plan to the other own parts alone change hands, with the buyer and with nobody
 * else: what the other parties have is not the lender's to sell.
 */
export function faultOfParts(
  before: FundingPlan,
  after: FundingPlan,
  buyer: string,
  way: Way,
): PartFault | null {
  let changes = false;
  for (const component of SHARED.keys()) {
    const [then, now] = [before, after].map((plan) => partsBy(plan, component));
    for (const key of new Set([...then!.keys(), ...now!.keys()])) {
      const [had, has] = [then!.get(key) ?? NOTHING, now!.get(key) ?? NOTHING];
      const gained = has.part * had.sum - had.part * has.sum;
      if (key === OWN) {
        if (gained !== 0) changes = true;
        if (gained > 0 === (way === 'out') && gained !== 0) return 'wrong_way';
      } else if (key !== buyer && (gained !== 0 || had.ratePpb !== has.ratePpb)) {
        return 'more_than_own_share';
      }
    }
  }
  return changes ? null : 'nothing_sold';
}

/** No code of a party: the lender may be called otherwise in another plan. */
const OWN = ' own';

function partsBy(plan: FundingPlan, component: number): Map<string, Part> {
  const parts = partsOf(plan, component);
  const sum = parts.reduce((all, part) => all + part, 0);
  const entries = plan.parties.map(({ party, own, ratePpb }, at): [string, Part] => [
    own ? OWN : party,
    { part: parts[at]!, sum, ratePpb: own || parts[at] === 0 ? null : ratePpb },
  ]);
  return new Map(entries.filter(([key, { part }]) => part > 0 || key === OWN));
}
