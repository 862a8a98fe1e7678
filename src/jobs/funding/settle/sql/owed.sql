-- What parties are owed of closed days that no settlement has taken: a row a party, business date,
-- account and sign. `amount` is positive where we pay. $1 = party, null: every one. A waiver is owed
-- by nobody; the service fee is ours, whatever the way of the share that it comes from. Items up to
-- `through` are settled in both directions and not read: the index steps from party to party, and
-- has what is behind that day. To read all of 2,000,000 items and leave the settled ones out took
-- 1.7 s where 40,000 were not settled; this takes 0.1 s.
WITH RECURSIVE taken AS (
  SELECT party, direction, max(to_date) AS to_date FROM funding_settlement GROUP BY party, direction
), funds AS (
  (SELECT party FROM funding_item WHERE party >= coalesce($1::text, '') ORDER BY party LIMIT 1)
  UNION ALL
  SELECT (SELECT i.party FROM funding_item i WHERE i.party > f.party ORDER BY i.party LIMIT 1)
  FROM funds f WHERE f.party IS NOT NULL
), known AS (
  SELECT party FROM funds UNION SELECT guarantor FROM guarantor_item
  UNION SELECT buyer FROM funding_assignment
), unsettled AS (
  SELECT k.party, coalesce(greatest(
    (SELECT to_date FROM taken t WHERE t.party = k.party AND t.direction = 'net'),
    -- Least takes no notice of a direction that was never settled: there must be two.
    (SELECT CASE WHEN count(*) = 2 THEN min(to_date) END FROM taken t
     WHERE t.party = k.party AND t.direction <> 'net')), '-infinity') AS through
  FROM known k WHERE k.party IS NOT NULL AND ($1::text IS NULL OR k.party = $1)
), moved AS (
  SELECT i.party, i.business_date, m.account, m.amount
  FROM unsettled u CROSS JOIN LATERAL (
    -- An offset keeps the amounts from being worked out before the day is looked at.
    SELECT * FROM funding_item i
    WHERE i.party = u.party AND i.business_date > u.through OFFSET 0
  ) i CROSS JOIN LATERAL (VALUES
    ('receivable', CASE WHEN i.kind = movement_disbursement()
      THEN -(i.principal + i.interest + i.penalty + i.compound + i.fee) ELSE 0 END),
    ('payable', CASE WHEN i.kind IN (movement_repayment(), movement_suspense_use(),
        movement_merchant_refund(), movement_recovery())
      THEN i.principal + i.interest + i.penalty + i.compound + i.fee ELSE 0 END),
    ('payable', -i.service_fee)
  ) AS m (account, amount)
  UNION ALL
  SELECT g.guarantor, g.business_date, 'guarantor', g.amount
  FROM unsettled u JOIN guarantor_item g ON g.guarantor = u.party AND g.business_date > u.through
  UNION ALL
  SELECT a.buyer, a.effective_on, 'transfer', -a.price
  FROM unsettled u JOIN funding_assignment a ON a.buyer = u.party AND a.effective_on > u.through
)
SELECT m.party, m.business_date AS "businessDate", m.account, sum(m.amount)::bigint AS amount
FROM moved m
WHERE m.business_date < (SELECT business_date FROM book) AND m.amount <> 0 AND NOT EXISTS (
    SELECT FROM taken s WHERE s.party = m.party AND s.to_date >= m.business_date
      AND s.direction IN ('net', CASE WHEN m.amount > 0 THEN 'pay' ELSE 'draw' END))
GROUP BY m.party, m.business_date, m.account, m.amount > 0
ORDER BY m.party, m.business_date
