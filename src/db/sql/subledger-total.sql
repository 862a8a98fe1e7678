-- Sums of the day's positions: one scan, all that the ending checks need of them; $1 = the day.
INSERT INTO subledger_total
SELECT $1::date, group_id, accruing, classification, overdue_bucket, count(*),
  sum(principal), sum(principal_not_due), sum(principal_overdue), sum(interest_accrued),
  sum(interest_due), sum(penalty_due), sum(compound_due), sum(fee_due), sum(suspense),
  sum(interest_accrued_total)
FROM :position
GROUP BY group_id, accruing, classification, overdue_bucket
