import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import { refuseViolations, type Violation } from '../../documents/violations.js';
import type { FundingPlan } from '../../funding/plan/plan.js';
import { termsOn } from './terms/terms-queries.js';

/**
 * Refuses a plan with a party, or a guarantee, of which the book has no document in force on the
 * plan's first day. Throws LoanbookError `invalid_document`.
 */
export async function requireParties(
  client: pg.Client,
  plan: FundingPlan,
  source: string,
): Promise<void> {
  const day = formatDay(plan.effectiveFrom);
  const violations: Violation[] = [];
  for (const [at, { party, own }] of plan.parties.entries()) {
    if (own || (await termsOn(client, 'partner', party, day)) !== undefined) continue;
    const rule = 'has no document in force: apply one with `loanbook partner apply`';
    violations.push({ path: `parties[${at}].party`, rule, value: party });
  }
  const { guarantee } = plan;
  if (guarantee !== null && (await termsOn(client, 'guarantee', guarantee, day)) === undefined) {
    const rule = 'has no document in force: apply one with `loanbook funding guarantee apply`';
    violations.push({ path: 'guarantee', rule, value: guarantee });
  }
  refuseViolations({ name: source }, violations);
}
