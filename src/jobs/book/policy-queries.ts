import type pg from 'pg';
import { valueOfStored } from './stored-document.js';

export interface PolicyVersion {
  readonly effectiveFrom: string;
  readonly sha256: string;
  /** In force on the open day. */
  readonly inForce: boolean;
  readonly document: Readonly<Record<string, unknown>>;
}

/** Every policy of the book in order of `effective_from`. */
export async function listPolicies(client: pg.Client): Promise<PolicyVersion[]> {
  const { rows } = await client.query<Omit<PolicyVersion, 'document'> & { document: string }>(
    `SELECT p.effective_from AS "effectiveFrom", p.sha256, p.document,
       p.effective_from = coalesce(
         (SELECT max(effective_from) FROM policy_version WHERE effective_from <= b.business_date),
         (SELECT min(effective_from) FROM policy_version)) AS "inForce"
     FROM policy_version p, book b ORDER BY p.effective_from`,
  );
  return rows.map((row) => ({
    ...row,
    document: valueOfStored('policy_version', `policy ${row.effectiveFrom}`, row) as Record<
      string,
      unknown
    >,
  }));
}
