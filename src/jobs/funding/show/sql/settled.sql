-- What of a loan is owed to parties, by the settlement that took it; without one it waits for its
-- day. $1 bucket, $2 loan, $3 the last business date. Amounts are those of settle/sql/owed.sql.
WITH moved AS (
  SELECT i.party, i.business_date, m.amount
  FROM funding_item i CROSS JOIN LATERAL (VALUES
    (CASE
      WHEN i.kind = movement_disbursement()
        THEN -(i.principal + i.interest + i.penalty + i.compound + i.fee)
      WHEN i.kind IN (movement_repayment(), movement_suspense_use(), movement_merchant_refund(),
          movement_recovery())
        THEN i.principal + i.interest + i.penalty + i.compound + i.fee
      ELSE 0 END),
    (-i.service_fee)
  ) AS m (amount)
  WHERE i.bucket = $1 AND i.loan_id = $2 AND i.business_date <= $3
  UNION ALL
  SELECT g.guarantor, g.business_date, g.amount
  FROM guarantee_act a JOIN guarantor_item g USING (act_id)
  WHERE a.bucket = $1 AND a.loan_id = $2 AND g.business_date <= $3
  UNION ALL
  SELECT f.buyer, l.effective_on, -l.price
  FROM assigned_loan l JOIN funding_assignment f USING (assignment_id)
  WHERE l.bucket = $1 AND l.loan_id = $2 AND l.effective_on <= $3
)
SELECT m.party, s.reference, s.direction, s.due_on AS "dueOn", s.from_date AS "from",
  s.to_date AS "to", s.amount, sum(m.amount)::bigint AS "ofLoan"
FROM moved m LEFT JOIN LATERAL (
  SELECT * FROM funding_settlement s
  WHERE s.party = m.party AND s.to_date >= m.business_date
    AND s.direction IN ('net', CASE WHEN m.amount > 0 THEN 'pay' ELSE 'draw' END)
  ORDER BY s.to_date LIMIT 1
) AS s ON true
WHERE m.amount <> 0
GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY m.party, s.to_date, s.direction
