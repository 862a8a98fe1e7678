-- The positions still sum to what the checks of the day read when it was sealed; $1 = the day.
WITH now_standing AS (
  SELECT group_id, accruing, classification, overdue_bucket, count(*) AS loans,
    sum(principal) AS principal, sum(principal_not_due) AS principal_not_due,
    sum(principal_overdue) AS principal_overdue, sum(interest_accrued) AS interest_accrued,
    sum(interest_due) AS interest_due, sum(penalty_due) AS penalty_due,
    sum(compound_due) AS compound_due, sum(fee_due) AS fee_due,
    coalesce(sum(suspense) FILTER (WHERE suspense > 0), 0) AS suspense,
    sum(interest_accrued_total) AS interest_accrued_total,
    coalesce(sum(0 - suspense) FILTER (WHERE suspense < 0), 0) AS refund_due
  FROM :position GROUP BY group_id, accruing, classification, overdue_bucket
), sealed AS (
  SELECT group_id, accruing, classification, overdue_bucket, loans, principal, principal_not_due,
    principal_overdue, interest_accrued, interest_due, penalty_due, compound_due, fee_due,
    suspense, interest_accrued_total, refund_due
  FROM subledger_total WHERE business_date = $1::date
)
SELECT 'group ' || coalesce(s.group_id, n.group_id) || ', class '
    || coalesce(s.classification, n.classification) AS place,
  s::text AS expected, n::text AS actual
FROM sealed s FULL JOIN now_standing n
  USING (group_id, accruing, classification, overdue_bucket)
WHERE s::text IS DISTINCT FROM n::text
LIMIT 20
