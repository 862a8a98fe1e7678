import type pg from 'pg';
import { formatDay } from '../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../accounting/money/units.js';
import { withoutPlans } from '../../db/without-plans.js';
import { dayTable } from '../day/day-table.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Actual Rows'?: number;
  readonly 'Heap Fetches'?: number;
  readonly Plans?: readonly PlanNode[];
}

/**
 * How many loans a sealed day has, when the server shows that no row of its positions was written
 * since the close froze them: its visibility map holds every page, as many rows are indexed as were
 * summed at the seal, and no later transaction wrote those sums. Null: a row was inserted, updated
 * or deleted, or it cannot be told; then the rows have to be read. An index that is counted reads
 * an entry's page only where the map does not hold it ("heap fetches"), and any statement that
 * writes to a page takes it out of the map; only a vacuum puts it back. A million loans: 0.1 s
 * instead of the 0.4 s of reading them.
 */
export async function untouchedLoans(client: pg.Client, date: EpochDay): Promise<number | null> {
  const { rows } = await client.query<{ loans: number; as_sealed: boolean | null }>(
    `SELECT coalesce(sum(t.loans), 0)::bigint AS loans,
       bool_and(age(t.xmin) >= age(s.xmin)) AS as_sealed
     FROM sealed_day s JOIN subledger_total t USING (business_date) WHERE business_date = $1`,
    [formatDay(date)],
  );
  const { loans, as_sealed: asSealed } = rows[0]!;
  if (asSealed !== true) return null;
  const scan = await countedByIndex(client, date);
  return scan?.['Heap Fetches'] === 0 && scan['Actual Rows'] === loans ? loans : null;
}

async function countedByIndex(client: pg.Client, date: EpochDay): Promise<PlanNode | undefined> {
  const table = dayTable('position', date);
  const { rows } = await withoutPlans(client, ['enable_seqscan', 'enable_bitmapscan'], () =>
    client.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) SELECT count(*) FROM ${table}`,
    ),
  );
  return indexOnlyScan(rows[0]!['QUERY PLAN'][0]!.Plan);
}

function indexOnlyScan(node: PlanNode): PlanNode | undefined {
  if (node['Node Type'] === 'Index Only Scan') return node;
  for (const child of node.Plans ?? []) {
    const found = indexOnlyScan(child);
    if (found !== undefined) return found;
  }
  return undefined;
}
