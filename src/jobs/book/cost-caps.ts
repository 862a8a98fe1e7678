import type pg from 'pg';
import type { EpochDay, RatePpb } from '../../accounting/money/units.js';
import { loadPolicies } from './load-book.js';

/** What a loan may cost a year, by a policy that is in force on a day; null: no cap. */
export type CostCapOn = (day: EpochDay) => RatePpb | null;

/**
 * The cost caps of the book by day. Unlike the rest of a policy, a cap does not hold before the
 * first policy was made: an older loan was agreed under other rules.
 */
export async function loadCostCaps(client: pg.Client): Promise<CostCapOn> {
  const versions = await loadPolicies(client);
  return (day) => versions.find(({ from }) => from <= day)?.policy.costCapPpb ?? null;
}
