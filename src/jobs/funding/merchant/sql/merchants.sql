-- Merchants with orders, $1 alone where it is named, with their last settlement.
SELECT m.merchant, s.number, s.carried_out AS carried, s.negative_since AS "negativeSince",
  s.held_days AS "heldDays", s.held_left AS "heldLeft",
  coalesce((SELECT sum(fee - fee_back) FROM merchant_settlement t
    WHERE t.merchant = m.merchant), 0)::bigint AS fees,
  (SELECT max(to_date) FROM merchant_settlement t WHERE t.merchant = m.merchant) AS since
FROM (SELECT DISTINCT merchant FROM merchant_order) AS m
LEFT JOIN LATERAL (SELECT * FROM merchant_settlement t WHERE t.merchant = m.merchant
  ORDER BY t.number DESC LIMIT 1) AS s ON true
WHERE $1::text IS NULL OR m.merchant = $1
ORDER BY m.merchant
