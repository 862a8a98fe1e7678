-- Loans that were assigned to another plan, the latest assignment of each first; $1, $2 = buckets.
SELECT l.loan_id AS "loanId", l.assignment_id AS "assignmentId", l.effective_on AS "effectiveOn",
  a.plan_id AS "planId", l.rate_ppb AS "ratePpb", l.out_before AS out, l.money_before AS money,
  l.accruing, l.sold, l.price
FROM assigned_loan l JOIN funding_assignment a USING (assignment_id)
WHERE l.bucket BETWEEN $1 AND $2
ORDER BY l.bucket, l.loan_id, l.effective_on DESC
