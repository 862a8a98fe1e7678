import type pg from 'pg';
import { parseDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import type { PolicyBounds } from '../../accounting/product/policy-bounds.js';
import { policyFromValue } from './documents/policy-document.js';

/** A policy's bounds and the first day that they hold on. */
export interface DatedBounds {
  readonly from: EpochDay;
  readonly bounds: PolicyBounds;
}

/** What a policy that is in force on a day asks of new rows; null before the first policy. */
export type BoundsOn = (day: EpochDay) => PolicyBounds | null;

/** The bounds of every policy of the book, the latest first. */
export async function loadBounds(client: pg.Client): Promise<readonly DatedBounds[]> {
  const { rows } = await client.query<{ effective_from: string; document: string }>(
    'SELECT effective_from, document FROM policy_version ORDER BY effective_from DESC',
  );
  return rows.map((row) => ({
    from: parseDay(row.effective_from) ?? 0,
    bounds: policyFromValue(JSON.parse(row.document), { name: `policy ${row.effective_from}` })
      .bounds,
  }));
}

export function boundsOn(versions: readonly DatedBounds[]): BoundsOn {
  return (day) => versions.find(({ from }) => from <= day)?.bounds ?? null;
}
