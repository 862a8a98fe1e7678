-- Loans with the position that they came with, as one field. Filled in: which (from, bounds): by
-- numbers, $1 = buckets and $2 = numbers, or a range of buckets, $1 to $2.
SELECT l.loan_no AS "loanNo", l.bucket, l.loan_id AS "loanId", l.product_id AS "productId",
  l.group_id AS "groupId", p.code AS product, l.org, l.principal, l.rate_ppb AS "ratePpb", l.periods,
  l.disbursed_on::text AS "disbursedOn", l.first_due_on::text AS "firstDueOn",
  s.due_on::text[] AS "dueOn", s.principal AS "duePrincipal", s.interest AS "dueInterest",
  s.balance_after AS "balanceAfter", :opening AS opening
FROM :from JOIN product_version p ON p.product_id = l.product_id
JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id AND is_birth(e.type)
JOIN schedule s ON s.bucket = l.bucket AND s.loan_id = l.loan_id AND s.version = 1
:join :bounds
ORDER BY l.bucket, l.loan_id
