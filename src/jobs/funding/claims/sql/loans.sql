-- Guaranteed loans with the schedule in force; $1 their numbers. The sale of a loan that is bought
-- back ends its schedule: what the customer owes the guarantor is what stood before.
SELECT l.bucket, l.loan_id AS "loanId", l.loan_no AS "loanNo", l.disbursed_on AS "disbursedOn",
  l.born_on AS "bornOn", l.group_id AS "groupId",
  s.due_on AS "dueOn", s.principal AS principals, s.interest AS interests
FROM loan l
CROSS JOIN LATERAL (
  SELECT due_on, principal, interest FROM schedule s
  WHERE s.bucket = l.bucket AND s.loan_id = l.loan_id AND NOT EXISTS (
    SELECT FROM guarantee_act a
    JOIN event e ON e.bucket = a.bucket AND e.loan_id = a.loan_id
      AND e.ref = 'guarantee/' || a.act_id || '/sale'
    WHERE a.bucket = l.bucket AND a.loan_id = l.loan_id AND a.type = 'buy_back'
      AND s.version > 1 AND s.effective_on >= a.business_date)
  ORDER BY s.version DESC LIMIT 1) AS s
WHERE l.loan_id = ANY ($1::bigint[])
ORDER BY l.bucket, l.loan_id
