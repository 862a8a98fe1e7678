import type pg from 'pg';
import type { AssignedPlans } from './book.js';
import { loadFundingPlans } from './funding-plans.js';

/** The plans that loans were assigned to later. Throws LoanbookError `document_changed`. */
export async function loadAssignedPlans(client: pg.Client): Promise<AssignedPlans> {
  const { rows } = await client.query<{ groupId: number }>(
    `SELECT DISTINCT unnest(groups) AS "groupId" FROM funding_assignment ORDER BY 1`,
  );
  const groups = rows.map(({ groupId }) => groupId);
  if (groups.length === 0) return { groups, plans: [] };
  const named = await client.query<{ planId: number }>(
    `SELECT DISTINCT plan_id AS "planId" FROM funding_assignment
     WHERE plan_id IS NOT NULL ORDER BY 1`,
  );
  const plans = await loadFundingPlans(client);
  return { groups, plans: named.rows.map(({ planId }) => [planId, plans.get(planId)!]) };
}
