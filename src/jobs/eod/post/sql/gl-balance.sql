-- Turnover of the day and balance at its close, by account and accounting group; $1 = the day.
INSERT INTO gl_balance (business_date, account_id, group_id, debit, credit, balance)
SELECT $1::date, account_id, group_id, sum(debit), sum(credit), sum(before + debit - credit)
FROM (
  SELECT account_id, group_id, 0 AS before,
    CASE WHEN amount > 0 THEN amount ELSE 0 END AS debit,
    CASE WHEN amount < 0 THEN -amount ELSE 0 END AS credit
  FROM :journal
  UNION ALL
  SELECT account_id, group_id, balance, 0, 0 FROM gl_balance WHERE business_date = $1::date - 1
) AS moves
GROUP BY account_id, group_id
