-- What the positions of a day sum to, by accounting group and state: exactly the columns that
-- accounts equal. Read where reconcile-totals found that a day differs, to say in which group.
-- $1 = groups of joint loans, as there.
SELECT group_id, accruing, sum(principal - principal_overdue) AS principal_normal,
  sum(principal_overdue) AS principal_overdue, sum(interest_accrued) AS interest_accrued,
  sum(interest_due) AS interest_due, sum(penalty_due) AS penalty, sum(compound_due) AS compound,
  sum(fee_due) AS fee,
  coalesce(sum(suspense) FILTER (WHERE suspense > 0), 0) AS suspense,
  coalesce(sum(0 - suspense) FILTER (WHERE suspense < 0), 0) AS refund_due
FROM :position WHERE group_id <> ALL ($1::integer[])
GROUP BY group_id, accruing
