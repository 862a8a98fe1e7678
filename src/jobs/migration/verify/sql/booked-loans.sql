-- $1 = buckets, $2 = numbers; of null all loans behind the bucket $3 and the loan $4, at most $5.
-- Loans with the position that they came with, as one field.
SELECT l.loan_no AS "loanNo", l.bucket, l.loan_id AS "loanId", l.product_id AS "productId",
  l.group_id AS "groupId", p.code AS product, l.org, l.principal, l.rate_ppb AS "ratePpb", l.periods,
  l.disbursed_on::text AS "disbursedOn", l.first_due_on::text AS "firstDueOn",
  s.due_on::text[] AS "dueOn", s.principal AS "duePrincipal", s.interest AS "dueInterest",
  s.balance_after AS "balanceAfter", :opening AS opening
FROM loan l JOIN product_version p ON p.product_id = l.product_id
JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id AND is_birth(e.type)
JOIN schedule s ON s.bucket = l.bucket AND s.loan_id = l.loan_id AND s.version = 1
:join
WHERE CASE WHEN $2::text[] IS NULL THEN (l.bucket, l.loan_id) > ($3::smallint, $4::bigint)
  ELSE (l.bucket, l.loan_no) IN (SELECT * FROM unnest($1::smallint[], $2::text[])) END
ORDER BY l.bucket, l.loan_id LIMIT $5
