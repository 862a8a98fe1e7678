-- What was paid on a day by loan and instalment (0: outside of them), recoveries included and less
-- what went back to suspense: of all components, and of principal and interest alone.
SELECT a.loan_id, a.seq, sum(a.amount)::bigint, coalesce(sum(a.amount)
  FILTER (WHERE a.component IN (component_principal(), component_interest())), 0)::bigint
FROM :allocation a
WHERE a.bucket BETWEEN :from AND :to AND a.component <> component_refund()
  AND a.kind IN (line_paid(), line_recovered(), line_returned())
GROUP BY a.bucket, a.loan_id, a.seq
