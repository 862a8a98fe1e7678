-- How the allowance of each stage moved from the run before ($2, null: none) to this one ($1). A
-- loan that changes its stage takes its old allowance along; what it requires more or less in its new
-- one is the charge. A loan that is gone was written off in between, or it was repaid.
WITH moves AS (
  SELECT b.stage AS old, n.stage AS new, coalesce(b.allowance, 0) AS before,
    coalesce(n.allowance, 0) AS after,
    n.loan_id IS NULL AND EXISTS (SELECT FROM allocation a WHERE a.bucket = b.bucket
      AND a.loan_id = b.loan_id AND a.kind = line_written_off()
      AND a.business_date > $2::date AND a.business_date <= $1::date) AS is_written_off
  FROM (SELECT * FROM impairment_loan WHERE as_of = $1::date) AS n
  FULL JOIN (SELECT * FROM impairment_loan WHERE as_of = $2::date) AS b
    ON b.bucket = n.bucket AND b.loan_id = n.loan_id
)
SELECT s.stage,
  coalesce(sum(before) FILTER (WHERE old = s.stage), 0) AS opening,
  coalesce(sum(after) FILTER (WHERE old IS NULL AND new = s.stage), 0) AS new,
  coalesce(sum(before) FILTER (WHERE old <> new AND new = s.stage), 0) AS "transferIn",
  coalesce(-sum(before) FILTER (WHERE old <> new AND old = s.stage), 0) AS "transferOut",
  coalesce(sum(after - before) FILTER (WHERE old IS NOT NULL AND new = s.stage), 0) AS charge,
  coalesce(-sum(before) FILTER (WHERE new IS NULL AND old = s.stage AND NOT is_written_off), 0)
    AS release,
  coalesce(-sum(before) FILTER (WHERE new IS NULL AND old = s.stage AND is_written_off), 0)
    AS "writeOff",
  coalesce(sum(after) FILTER (WHERE new = s.stage), 0) AS closing
FROM (VALUES (1), (2), (3)) AS s (stage) LEFT JOIN moves ON true
GROUP BY s.stage ORDER BY s.stage
