import type pg from 'pg';
import { refuseViolations } from '../../documents/violations.js';
import type { FundingPlan } from '../../funding/plan/plan.js';

/**
 * Refuses a plan with a party, or a guarantee, of which the book has no document. Throws
 * LoanbookError `invalid_document`.
 */
export async function requireParties(
  client: pg.Client,
  plan: FundingPlan,
  source: string,
): Promise<void> {
  const known = await knownPartners(client);
  if (known === null) return;
  const violations = plan.parties.flatMap(({ party, own }, at) => {
    if (own || known.has(party)) return [];
    const rule = 'has no document: apply one with `loanbook partner apply`';
    return [{ path: `parties[${at}].party`, rule, value: party }];
  });
  refuseViolations({ name: source }, violations);
}

/** Codes of the partners that the book has a document of; null: it keeps none. */
async function knownPartners(client: pg.Client): Promise<ReadonlySet<string> | null> {
  const { rows } = await client.query<{ has: boolean }>(
    `SELECT to_regclass('partner_version') IS NOT NULL AS has`,
  );
  if (rows[0]?.has !== true) return null;
  const { rows: found } = await client.query<{ code: string }>(
    'SELECT DISTINCT code FROM partner_version',
  );
  return new Set(found.map(({ code }) => code));
}
