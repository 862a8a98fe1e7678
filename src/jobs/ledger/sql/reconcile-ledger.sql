-- Of each account and group on a day: the balance that is kept, the same made of the balance of the
-- day before and the journal, and what its sub-ledger summed to when the day was sealed; $1 = day.
WITH moved AS (
  SELECT account_id, group_id, sum(amount) AS amount
  FROM (
    SELECT account_id, group_id, amount FROM :journal
    UNION ALL
    SELECT account_id, group_id, balance FROM gl_balance WHERE business_date = $1::date - 1
  ) AS lines
  GROUP BY account_id, group_id
), ledger AS (
  SELECT coalesce(b.account_id, v.account_id) AS account_id,
    coalesce(b.group_id, v.group_id) AS group_id, coalesce(b.balance, 0) AS balance,
    coalesce(v.amount, 0) AS moved
  FROM (SELECT * FROM gl_balance WHERE business_date = $1::date) AS b
  FULL JOIN moved v ON v.account_id = b.account_id AND v.group_id = b.group_id
), measured AS (
  SELECT a.account_id, k.group_id,
    CASE WHEN a.normal_side = 'debit' THEN k.amount ELSE -k.amount END AS amount
  FROM account a JOIN subledger_measured($1::date) k ON k.measure = a.subledger
)
SELECT coalesce(l.account_id, m.account_id) AS account_id,
  coalesce(l.group_id, m.group_id) AS group_id, coalesce(l.balance, 0)::numeric AS balance,
  coalesce(l.moved, 0)::numeric AS moved, coalesce(m.amount, 0)::numeric AS kept
FROM ledger l FULL JOIN measured m
  ON m.account_id = l.account_id AND m.group_id = l.group_id
