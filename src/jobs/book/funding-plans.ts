import type pg from 'pg';
import type { FundingPlan } from '../../funding/plan/plan.js';
import { planFromValue } from './documents/funding-plan.js';
import { type StoredDocument, valueOfStored } from './stored-document.js';

/** The code of loans that the lender funds alone, without a plan. */
export const OWN_FUNDS = 'own';

interface PlanRow extends StoredDocument {
  readonly plan_id: number;
  readonly code: string;
  readonly version: number;
}

/** Every version of every funding plan, by its number. Throws LoanbookError `document_changed`. */
export async function loadFundingPlans(
  client: pg.Client,
): Promise<ReadonlyMap<number, FundingPlan>> {
  const { rows } = await client.query<PlanRow>(
    `SELECT plan_id, code, version, document, sha256 FROM funding_plan_version ORDER BY plan_id`,
  );
  return new Map(rows.map((row) => [row.plan_id, planOfRow(row)]));
}

function planOfRow(row: PlanRow): FundingPlan {
  const name = `funding plan ${row.code} ${row.version}`;
  return planFromValue(valueOfStored('funding_plan_version', name, row), { name }).plan;
}
