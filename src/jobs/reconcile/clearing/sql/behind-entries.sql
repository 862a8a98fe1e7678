-- Entries on the account $1 by the close of the day $2 that no reconciliation made.
SELECT '' AS code, e.source || ' ' || e.reference AS "orderNo", '' AS "loanNo",
  e.business_date AS day, 'entry' AS what, sum(l.amount) AS amount
FROM entry e JOIN entry_line l USING (entry_id)
WHERE l.account_id = $1 AND e.business_date <= $2::date
  AND e.source NOT IN ('bank', 'tolerance', 'unidentified')
GROUP BY e.entry_id HAVING sum(l.amount) <> 0
ORDER BY e.entry_id
