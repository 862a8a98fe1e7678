-- Tables of a day that no close is at, and none has sealed.
SELECT c.relname AS name
FROM pg_partitioned_table p JOIN pg_class parent ON parent.oid = p.partrelid
JOIN pg_class c ON c.relnamespace = parent.relnamespace AND c.relkind = 'r'
  AND c.relname ~ ('^' || parent.relname || '_[0-9]{8}$')
WHERE parent.relnamespace = 'loanbook'::regnamespace AND NOT EXISTS (
  SELECT FROM run r
  WHERE r.job = 'eod' AND to_char(r.business_date, 'YYYYMMDD') = right(c.relname, 8)
    AND r.status = CASE WHEN c.relispartition THEN 'done' ELSE 'open' END
)
ORDER BY 1
