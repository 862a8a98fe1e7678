-- Lines of a bank statement that are transfers with partners or to merchants, by their reference and
-- to the fen: what they move was posted when it was settled. A transfer is found once; its next line
-- is one of nobody, as is one of another amount.
WITH own AS (
  SELECT DISTINCT ON (t.reference) t.reference, p.line
  FROM bank_pair p
  JOIN (SELECT reference, amount FROM funding_settlement
    UNION ALL SELECT reference, paid FROM merchant_settlement) AS t
    ON t.reference = p.order_no AND t.amount = -p.amount
  WHERE p.line > 0 AND p.statement_id IS NULL
    AND NOT EXISTS (SELECT FROM transfer_found f WHERE f.reference = t.reference)
  ORDER BY t.reference, p.line
), gone AS (
  DELETE FROM bank_pair WHERE line IN (SELECT line FROM own)
)
SELECT reference FROM own ORDER BY reference
