import type pg from 'pg';
import { formatDay } from '../../../accounting/calendar/epoch-day.js';
import type { DayDifference, DayRange } from './check-inputs.js';

/**
 * Customers beside what their hashes say: as many rows as each import names, on the open day too;
 * no row of a sealed day that its seal has not hashed; no party without its key unless it was
 * erased, then nothing but its number; and no loan of a party, or of a merchant, that is not there.
 */
export async function partyDifferences(
  client: pg.Client,
  { to }: DayRange,
): Promise<DayDifference[]> {
  const { rows } = await client.query<DayDifference>(
    `WITH party_rows AS (
       SELECT import_id, count(*) AS records, count(*) FILTER (WHERE version = 1) AS first
       FROM party GROUP BY import_id
     ), key_rows AS (
       -- The key of a party that was erased came with its first version.
       SELECT import_id, count(*) AS keys FROM (
         SELECT import_id FROM party_key
         UNION ALL SELECT p.import_id FROM party p JOIN party_erasure e
           ON e.bucket = p.bucket AND e.party_no = p.party_no AND p.version = 1
       ) AS keys GROUP BY import_id
     ), entered AS (
       SELECT 'party' AS name, entered_on, bucket / 64 * 64 AS share FROM party GROUP BY 2, 3
       UNION ALL SELECT 'party_key', entered_on, bucket / 64 * 64 FROM party_key GROUP BY 2, 3
       UNION ALL SELECT 'loan_party', entered_on, bucket / 64 * 64 FROM loan_party GROUP BY 2, 3
       UNION ALL SELECT 'merchant_order', entered_on, bucket / 64 * 64 FROM merchant_order
         GROUP BY 2, 3
     )
     SELECT $1::text AS day, place, expected, actual FROM (
       SELECT 'party of import ' || coalesce(i.import_id, p.import_id, k.import_id) AS place,
         coalesce(i.added, 0) || ' new, ' || coalesce(i.changed, 0) || ' changed' AS expected,
         coalesce(p.first, 0) || ' new, ' || coalesce(p.records - p.first, 0) || ' changed, '
           || coalesce(k.keys, 0) || ' keys' AS actual
       FROM party_import i FULL JOIN party_rows p ON p.import_id = i.import_id
       FULL JOIN key_rows k ON k.import_id = coalesce(i.import_id, p.import_id)
       WHERE (coalesce(i.added, 0), coalesce(i.added, 0), coalesce(i.changed, 0)) IS DISTINCT FROM
         (coalesce(p.first, 0), coalesce(k.keys, 0), coalesce(p.records - p.first, 0))
       UNION ALL
       SELECT e.name || ' ' || e.entered_on || ', buckets from ' || e.share, 'no row', 'rows'
       FROM entered e
       WHERE e.entered_on < (SELECT max(business_date) FROM book) AND NOT EXISTS (
         SELECT FROM row_digest d WHERE d.table_name = e.name AND d.part = e.entered_on
           AND d.bucket_from = e.share)
       UNION ALL
       SELECT 'party_key ' || p.bucket || '/' || p.party_no, 'a key', 'no row'
       FROM party p WHERE p.version = 1 AND NOT EXISTS (
         SELECT FROM party_key k WHERE k.bucket = p.bucket AND k.party_no = p.party_no)
         AND NOT EXISTS (
           SELECT FROM party_erasure e WHERE e.bucket = p.bucket AND e.party_no = p.party_no)
       UNION ALL
       SELECT 'party_key ' || k.bucket || '/' || k.party_no, 'erased', 'a key'
       FROM party_key k JOIN party_erasure e USING (bucket, party_no)
       UNION ALL
       SELECT 'party ' || p.bucket || '/' || p.party_no || '/' || p.version, 'erased', 'a record'
       FROM party p JOIN party_erasure e USING (bucket, party_no)
       WHERE (p.record, p.content, p.lookups) <> ('', '', '{}')
       UNION ALL
       SELECT 'loan_party ' || m.bucket || '/' || m.loan_id, 'a loan and its party', 'none'
       FROM loan_party m
       WHERE NOT EXISTS (SELECT FROM loan l WHERE l.bucket = m.bucket AND l.loan_id = m.loan_id)
         OR NOT EXISTS (SELECT FROM party p WHERE p.party_no = m.party_no)
       UNION ALL
       SELECT 'merchant_order ' || m.bucket || '/' || m.loan_id, 'a loan and its merchant', 'none'
       FROM merchant_order m
       WHERE NOT EXISTS (SELECT FROM loan l WHERE l.bucket = m.bucket AND l.loan_id = m.loan_id)
         OR NOT EXISTS (SELECT FROM funding_terms t WHERE t.kind = 'merchant'
           AND t.code = m.merchant AND t.version = m.terms_version)
     ) AS found ORDER BY place LIMIT 20`,
    [formatDay(to)],
  );
  return rows;
}
