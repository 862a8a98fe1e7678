import type pg from 'pg';
import type { FundingPlan } from '../../../funding/plan/plan.js';
import { loadFundingPlans } from '../../book/funding-plans.js';

/** The plans that a partner is a party of, by their number. */
export async function plansOf(
  client: pg.Client,
  partner: string,
): Promise<ReadonlyMap<number, FundingPlan>> {
  const plans = [...(await loadFundingPlans(client))].filter(([, { parties }]) =>
    parties.some(({ party, own }) => party === partner && !own),
  );
  return new Map(plans);
}
