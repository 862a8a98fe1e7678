import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { DayDifference, DayRange } from './check-inputs.js';

/**
 * The rows that name an import against what it says that it took: so many, of such an amount, less
 * what deltas have replaced of it since; and what a delta says that it replaced against that. This
 * tells what was put into the open day too, or taken out of it, by somebody who is no import.
 */
export async function importDifferences(
  client: pg.Client,
  { to }: DayRange,
): Promise<DayDifference[]> {
  const { rows } = await client.query<DayDifference>(
    `WITH taken AS (
       SELECT import_id, 'loans' AS kind, count(*) AS rows, sum(principal) AS amount
       FROM loan GROUP BY import_id
       UNION ALL
       SELECT import_id, 'balances', count(*), sum(principal_not_due)
       FROM opening_position GROUP BY import_id
       UNION ALL
       -- Fees agreed with a loan's own schedule, and what brings a loan in, come with the loans.
       SELECT e.import_id, CASE i.kind WHEN 'loans' THEN 'beside' ELSE 'events' END, count(*),
         sum(e.amount)
       FROM event e LEFT JOIN imported_file i USING (import_id) GROUP BY 1, 2
     )
     SELECT $1::text AS day, 'rows of import ' || import_id AS place,
       rows_taken || ' rows of ' || amount AS expected, rows || ' rows of ' || sum AS actual
     FROM (
       SELECT coalesce(i.import_id, t.import_id) AS import_id,
         CASE WHEN i.cancelled_at IS NULL
           THEN coalesce(i.rows_taken - coalesce(r.rows, 0), 0) ELSE 0 END AS rows_taken,
         CASE WHEN i.cancelled_at IS NULL
           THEN coalesce(i.amount - coalesce(r.amount, 0), 0) ELSE 0 END AS amount,
         coalesce(t.rows, 0) AS rows, coalesce(t.amount, 0) AS sum
       FROM imported_file i FULL JOIN (SELECT * FROM taken WHERE kind <> 'beside') AS t
         ON t.import_id = i.import_id
       LEFT JOIN (SELECT of_import, sum(rows) AS rows, sum(amount) AS amount FROM replaced_import
         GROUP BY of_import) AS r ON r.of_import = i.import_id
     ) AS compared
     WHERE (rows_taken, amount) IS DISTINCT FROM (rows, sum)
     UNION ALL
     SELECT $1::text, 'rows that import ' || import_id || ' replaced', said::text, kept::text
     FROM (
       SELECT import_id, coalesce(i.rows_replaced, 0) AS said, coalesce(r.rows, 0) AS kept
       FROM imported_file i FULL JOIN (
         SELECT d.import_id, sum(d.rows) FILTER (WHERE o.kind = f.kind) AS rows
         FROM replaced_import d LEFT JOIN imported_file o ON o.import_id = d.of_import
         LEFT JOIN imported_file f ON f.import_id = d.import_id GROUP BY d.import_id
       ) AS r USING (import_id)
     ) AS replaced WHERE said <> kept
     ORDER BY place LIMIT 20`,
    [formatDay(to)],
  );
  return rows;
}
