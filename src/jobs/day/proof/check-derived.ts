import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { DayDifference, DayRange } from './check-inputs.js';

/**
 * What is worked out of other rows, kept for speed or standing in one row that moves on, against
 * what it comes from.
 */
export async function derivedDifferences(
  client: pg.Client,
  { to }: DayRange,
): Promise<DayDifference[]> {
  const { rows } = await client.query<DayDifference>(
    `SELECT $1::text AS day, place, expected, actual FROM (
       SELECT 'schedule_balance ' || bucket || '/' || loan_id || '/' || version AS place,
         coalesce(s.balance_after::text, 'no row') AS expected,
         coalesce(b.balance_after::text, 'no row') AS actual
       FROM schedule s FULL JOIN schedule_balance b USING (bucket, loan_id, version)
       WHERE s.balance_after IS DISTINCT FROM b.balance_after
       UNION ALL
       SELECT 'book t, business_date', (max(s.business_date) + 1)::text, b.business_date::text
       FROM book b CROSS JOIN sealed_day s
       GROUP BY b.business_date HAVING max(s.business_date) + 1 <> b.business_date
       UNION ALL
       SELECT concat_ws(' ', 'audit_head', CASE WHEN only_one THEN 't' ELSE 'f' END),
         coalesce(a.audit_id || ' ' || encode(a.hash, 'hex'), 'no row'),
         coalesce(h.audit_id || ' ' || encode(h.hash, 'hex'), 'no row')
       FROM (SELECT true AS only_one, * FROM (
         SELECT audit_id, hash FROM audit ORDER BY audit_id DESC LIMIT 1) AS last) AS a
       FULL JOIN audit_head h USING (only_one)
       WHERE (a.audit_id, a.hash) IS DISTINCT FROM (h.audit_id, h.hash)
       UNION ALL
       SELECT 'schedule ' || bucket || '/' || loan_id || '/' || version, 'no row of such a day',
         effective_on::text
       FROM schedule, book b WHERE version > 1
         AND effective_on NOT BETWEEN b.first_business_date AND b.business_date
     ) AS found ORDER BY place LIMIT 20`,
    [formatDay(to)],
  );
  return rows;
}
