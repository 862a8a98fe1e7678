-- What entered the ledger with the loans that came running, by account.
SELECT a.code AS account, a.name_zh AS "nameZh", sum(j.amount)::bigint AS amount,
  count(DISTINCT (j.bucket, j.loan_id)) AS loans
FROM journal_line j JOIN account a USING (account_id)
WHERE j.kind = movement_opening()
GROUP BY a.code, a.name_zh ORDER BY a.code
