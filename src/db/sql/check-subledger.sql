-- Every account that has a sub-ledger equals it, by accounting group, and its balance is yesterday's
-- plus what the journal moved; group 0 is what belongs to none; $1 = the day.
WITH measured AS (
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
), accounts AS (
  SELECT a.account_id, a.code, a.subledger, g.group_id,
    CASE WHEN a.normal_side = 'debit' THEN 1 ELSE -1 END AS side
  FROM account a CROSS JOIN (SELECT group_id FROM accounting_group UNION ALL SELECT 0) AS g
), compared AS (
  SELECT a.code, a.group_id, a.subledger, coalesce(b.balance, 0) AS balance,
    coalesce(v.amount, 0) AS moved, a.side * coalesce(m.amount, 0) AS measured
  FROM accounts a
  LEFT JOIN gl_balance b ON b.business_date = $1::date
    AND b.account_id = a.account_id AND b.group_id = a.group_id
  LEFT JOIN moved v ON v.account_id = a.account_id AND v.group_id = a.group_id
  LEFT JOIN measured m ON m.measure = a.subledger AND m.group_id = a.group_id
)
SELECT 'account ' || code || ', group ' || group_id AS place,
  CASE WHEN balance <> moved THEN moved ELSE measured END::text AS expected,
  balance::text AS actual
FROM compared
WHERE balance <> moved OR (subledger IS NOT NULL AND balance <> measured)
ORDER BY code, group_id LIMIT 20
