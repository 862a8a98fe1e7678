-- Bytes of the largest of the last seven sealed days, with their indexes.
SELECT coalesce(max(bytes), 0)::int8 AS night_bytes FROM (
  SELECT sum(pg_total_relation_size(c.oid)) AS bytes
  FROM (SELECT business_date FROM sealed_day ORDER BY business_date DESC LIMIT 7) AS s
  JOIN pg_class c ON c.relnamespace = 'loanbook'::regnamespace AND c.relispartition
    AND c.relkind = 'r' AND right(c.relname, 8) = to_char(s.business_date, 'YYYYMMDD')
  GROUP BY s.business_date
) AS nights
