-- Events of loans that no close has folded: $1 = buckets from, $2 = to, $3 = the open day. Money of
-- our own orders counts; anything else that is registered holds the loan.
SELECT e.loan_id AS "loanId",
  coalesce(sum(a.posted) FILTER (WHERE a.order_no IS NOT NULL), 0)::bigint AS posted,
  bool_or(a.order_no IS NULL) AS held
FROM event e
LEFT JOIN payment_answer a
  ON a.posted <> 0 AND e.ref = a.order_no || CASE WHEN a.posted < 0 THEN '-R' ELSE '' END
WHERE e.bucket BETWEEN $1 AND $2 AND e.business_date >= $3 AND NOT is_birth(e.type)
GROUP BY e.bucket, e.loan_id
