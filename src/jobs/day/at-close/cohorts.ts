import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { EpochDay } from '../../../accounting/money/units.js';
import { daySql } from '../day-sql.js';

/** What was disbursed in a month (`YYYY-MM`), up to a sealed day and less what was cancelled. */
export async function disbursedByMonth(
  client: pg.Client,
  day: EpochDay,
): Promise<readonly { readonly cohort: string; readonly disbursed: bigint }[]> {
  const sql = daySql(import.meta.url, 'cohorts', day, { day: formatDay(day) });
  const { rows } = await client.query<{ cohort: string; disbursed: bigint }>(sql);
  return rows.map(({ cohort, disbursed }) => ({ cohort, disbursed: BigInt(disbursed) }));
}
