-- Sums of the day's positions: one scan, all that the ending checks need of them. Read first and
-- inserted after: INSERT ... SELECT would scan with one process only.
SELECT group_id, accruing, classification, overdue_bucket, count(*) AS loans,
  sum(principal) AS principal, sum(principal_not_due) AS principal_not_due,
  sum(principal_overdue) AS principal_overdue, sum(interest_accrued) AS interest_accrued,
  sum(interest_due) AS interest_due, sum(penalty_due) AS penalty_due,
  sum(compound_due) AS compound_due, sum(fee_due) AS fee_due,
  coalesce(sum(suspense) FILTER (WHERE suspense > 0), 0) AS suspense,
  sum(interest_accrued_total) AS interest_accrued_total,
  coalesce(sum(0 - suspense) FILTER (WHERE suspense < 0), 0) AS refund_due
FROM :position
GROUP BY group_id, accruing, classification, overdue_bucket
