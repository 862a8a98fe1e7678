import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { PolicyBounds } from '../../accounting/product/policy-bounds.js';
import { type PolicyDocument, policyFromValue } from './documents/policy-document.js';
import { type StoredDocument, valueOfStored } from './stored-document.js';

/** A policy's bounds and the first day that they hold on. */
export interface DatedBounds {
  readonly from: EpochDay;
  readonly bounds: PolicyBounds;
}

/** What a policy that is in force on a day asks of new rows; null before the first policy. */
export type BoundsOn = (day: EpochDay) => PolicyBounds | null;

/** What holds before the first policy. */
const BUILT_IN = { name: 'policy' };

interface StoredPolicy extends StoredDocument {
  readonly effective_from: string;
}

/** A policy of the book. Throws LoanbookError `document_changed`. */
export function storedPolicy(row: StoredPolicy): ReturnType<typeof policyFromValue> {
  const name = `policy ${row.effective_from}`;
  return policyFromValue(valueOfStored('policy_version', name, row), { name });
}

/** The bounds of every policy of the book, the latest first. */
export async function loadBounds(client: pg.Client): Promise<readonly DatedBounds[]> {
  const { rows } = await client.query<StoredPolicy>(
    'SELECT effective_from, document, sha256 FROM policy_version ORDER BY effective_from DESC',
  );
  return rows.map((row) => ({
    from: parseDay(row.effective_from) ?? 0,
    bounds: storedPolicy(row).bounds,
  }));
}

/** How long things are kept, by the policy of the open day. Throws as `storedPolicy` does. */
export async function retentionOf(client: pg.Client): Promise<PolicyDocument['retention']> {
  const { rows } = await client.query<StoredPolicy>(
    `SELECT p.effective_from, p.document, p.sha256 FROM policy_version p, book b
     ORDER BY p.effective_from <= b.business_date DESC,
       CASE WHEN p.effective_from <= b.business_date THEN p.effective_from END DESC,
       p.effective_from LIMIT 1`,
  );
  const { document } =
    rows[0] === undefined ? policyFromValue({}, BUILT_IN) : storedPolicy(rows[0]);
  return document.retention;
}

export function boundsOn(versions: readonly DatedBounds[]): BoundsOn {
  return (day) => versions.find(({ from }) => from <= day)?.bounds ?? null;
}
