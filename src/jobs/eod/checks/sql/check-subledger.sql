-- Every account that has a sub-ledger equals it, by accounting group, and its balance is yesterday's
-- plus what the journal moved; group 0 is what belongs to none; $1 = the day. One aggregate over all
-- that is said of an account and group: with every account joined to every group, ninety groups
-- took half a second on the eighth day and more each day, as new days are in no statistics yet.
WITH said AS (
  SELECT account_id, group_id, balance, 0 AS moved, 0 AS measured
  FROM gl_balance WHERE business_date = $1::date
  -- Summed by itself: beside what is measured every line would become a number of any size.
  UNION ALL SELECT account_id, group_id, 0, sum(amount), 0 FROM :journal GROUP BY 1, 2
  UNION ALL SELECT account_id, group_id, 0, balance, 0
  FROM gl_balance WHERE business_date = $1::date - 1
  UNION ALL SELECT a.account_id, m.group_id, 0, 0,
    CASE WHEN a.normal_side = 'debit' THEN m.amount ELSE -m.amount END
  FROM subledger_measured($1::date) m JOIN account a ON a.subledger = m.measure
), compared AS (
  SELECT account_id, group_id, sum(balance) AS balance, sum(moved) AS moved,
    sum(measured) AS measured
  FROM said GROUP BY account_id, group_id
)
SELECT 'account ' || coalesce(a.code, c.account_id::text) || ', group ' || c.group_id AS place,
  CASE WHEN c.balance <> c.moved THEN c.moved ELSE c.measured END::text AS expected,
  c.balance::text AS actual
FROM compared c LEFT JOIN account a USING (account_id)
WHERE c.balance <> c.moved OR (a.subledger IS NOT NULL AND c.balance <> c.measured)
ORDER BY a.code, c.group_id LIMIT 20
