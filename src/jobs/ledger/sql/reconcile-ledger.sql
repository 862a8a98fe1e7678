-- Of each account and group on a day: the balance that is kept, the same made of the balance of the
-- day before and the journal, and what its sub-ledger summed to when the day was sealed; $1 = day.
WITH kept AS (
  SELECT s.group_id, m.measure, sum(m.amount) AS amount
  FROM subledger_total s, LATERAL (VALUES
    ('principal_normal', principal - principal_overdue),
    ('principal_overdue', principal_overdue),
    ('interest_accrued', CASE WHEN accruing THEN interest_accrued ELSE 0 END),
    ('interest_due', CASE WHEN accruing THEN interest_due ELSE 0 END),
    ('penalty', CASE WHEN accruing THEN penalty_due ELSE 0 END),
    ('compound', CASE WHEN accruing THEN compound_due ELSE 0 END),
    ('fee', fee_due),
    ('suspense', suspense),
    ('refund_due', refund_due),
    ('off_balance_interest', CASE WHEN accruing THEN 0
       ELSE interest_accrued + interest_due + penalty_due + compound_due END)
  ) AS m (measure, amount)
  WHERE s.business_date = $1::date
  GROUP BY s.group_id, m.measure
), moved AS (
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
  FROM account a JOIN kept k ON k.measure = a.subledger
)
SELECT coalesce(l.account_id, m.account_id) AS account_id,
  coalesce(l.group_id, m.group_id) AS group_id, coalesce(l.balance, 0)::numeric AS balance,
  coalesce(l.moved, 0)::numeric AS moved, coalesce(m.amount, 0)::numeric AS kept
FROM ledger l FULL JOIN measured m
  ON m.account_id = l.account_id AND m.group_id = l.group_id
