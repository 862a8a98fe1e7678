-- What parties are owed of closed days that no settlement has taken: a row a party, business date,
-- account and sign. `amount` is positive where we pay. $1 = party, null: every one. A waiver is owed
-- by nobody; the service fee is ours, whatever the way of the share that it comes from.
WITH settled AS (
  SELECT party, direction, max(to_date) AS to_date FROM funding_settlement GROUP BY party, direction
), moved AS (
  SELECT i.party, i.business_date, m.account, m.amount
  FROM funding_item i CROSS JOIN LATERAL (VALUES
    ('receivable', CASE WHEN i.kind = movement_disbursement()
      THEN -(i.principal + i.interest + i.penalty + i.compound + i.fee) ELSE 0 END),
    ('payable', CASE WHEN i.kind IN (movement_repayment(), movement_suspense_use(),
        movement_merchant_refund(), movement_recovery())
      THEN i.principal + i.interest + i.penalty + i.compound + i.fee ELSE 0 END),
    ('payable', -i.service_fee)
  ) AS m (account, amount)
  UNION ALL
  SELECT guarantor, business_date, 'guarantor', amount FROM guarantor_item
)
SELECT m.party, m.business_date AS "businessDate", m.account, sum(m.amount)::bigint AS amount
FROM moved m
WHERE m.business_date < (SELECT business_date FROM book) AND m.amount <> 0
  AND ($1::text IS NULL OR m.party = $1) AND NOT EXISTS (
    SELECT FROM settled s WHERE s.party = m.party AND s.to_date >= m.business_date
      AND s.direction IN ('net', CASE WHEN m.amount > 0 THEN 'pay' ELSE 'draw' END))
GROUP BY m.party, m.business_date, m.account, m.amount > 0
ORDER BY m.party, m.business_date
