-- Loans whose journal does not explain the change of their position on a day. Accrual and due are
-- posted for whole groups: of interest the share of a loan is the change of what it has accrued
-- over its life; of penalty and compound it stands in the packed totals, which therefore come
-- along wherever it may be that. A loan without a row of the day before is measured against its
-- last one, and against nothing where it is new; of one that was opened (migrated) only what is
-- posted by itself. $1 = groups of joint loans: of these the journal has shares. Where a loan switches its state, interest and charges are one amount.
WITH lines AS (
  SELECT j.bucket, j.loan_id,
    sum(s.amount) FILTER (WHERE a.subledger = 'principal_normal') AS normal,
    sum(s.amount) FILTER (WHERE a.subledger = 'principal_overdue') AS overdue,
    sum(s.amount) FILTER (WHERE a.subledger IN ('interest_accrued', 'interest_due')) AS interest,
    sum(s.amount) FILTER (WHERE a.subledger = 'penalty') AS penalty,
    sum(s.amount) FILTER (WHERE a.subledger = 'compound') AS compound,
    sum(s.amount) FILTER (WHERE a.subledger = 'fee') AS fee,
    -- The one column holds both: what is owed for a refund is less than nothing held.
    sum(s.amount) FILTER (WHERE a.subledger = 'suspense') AS held,
    sum(s.amount) FILTER (WHERE a.subledger = 'refund_due') AS owed,
    sum(s.amount) FILTER (WHERE a.subledger = 'off_balance_interest') AS off
  FROM :journal j JOIN account a USING (account_id), LATERAL (
    SELECT CASE WHEN a.normal_side = 'debit' THEN j.amount ELSE -j.amount END) AS s (amount)
  WHERE a.subledger IS NOT NULL AND j.loan_id <> 0
  GROUP BY j.bucket, j.loan_id
), fresh AS (
  SELECT t.bucket, t.loan_id FROM :position t
  WHERE NOT EXISTS (SELECT FROM :before b WHERE b.bucket = t.bucket AND b.loan_id = t.loan_id)
), earlier AS (
  SELECT bucket, loan_id, principal, principal_overdue, interest_accrued, interest_due, penalty_due,
    compound_due, fee_due, suspense, interest_accrued_total, accruing, totals
  FROM :before AS y
  UNION ALL
  SELECT o.bucket, o.loan_id, o.principal, o.principal_overdue, o.interest_accrued, o.interest_due,
    o.penalty_due, o.compound_due, o.fee_due, o.suspense, o.interest_accrued_total, o.accruing,
    o.totals
  FROM fresh f, LATERAL (SELECT * FROM position o
    WHERE o.bucket = f.bucket AND o.loan_id = f.loan_id AND o.business_date < :day
    ORDER BY o.business_date DESC LIMIT 1) AS o
), moved AS (
  SELECT coalesce(t.bucket, b.bucket) AS bucket, coalesce(t.loan_id, b.loan_id) AS loan_id,
    coalesce(t.accruing, b.accruing) = coalesce(b.accruing, t.accruing) AS keeps_state,
    coalesce(t.accruing, b.accruing) AS accruing, b.loan_id IS NULL AS is_new,
    coalesce(t.principal - t.principal_overdue, 0) - coalesce(b.principal - b.principal_overdue, 0)
      AS normal,
    coalesce(t.principal_overdue, 0) - coalesce(b.principal_overdue, 0) AS overdue,
    coalesce(t.interest_accrued + t.interest_due, 0)
      - coalesce(b.interest_accrued + b.interest_due, 0) AS interest,
    CASE WHEN t.loan_id IS NULL THEN 0
      ELSE t.interest_accrued_total - coalesce(b.interest_accrued_total, 0) END AS accrued,
    coalesce(t.penalty_due, 0) - coalesce(b.penalty_due, 0) AS penalty,
    coalesce(t.compound_due, 0) - coalesce(b.compound_due, 0) AS compound,
    coalesce(t.fee_due, 0) - coalesce(b.fee_due, 0) AS fee,
    coalesce(t.suspense, 0) - coalesce(b.suspense, 0) AS suspense,
    t.totals AS totals, b.totals AS totals_before
  FROM :position t FULL JOIN earlier b ON b.bucket = t.bucket AND b.loan_id = t.loan_id
), explained AS (
  SELECT m.*, coalesce(l.normal, 0) AS l_normal, coalesce(l.overdue, 0) AS l_overdue,
    coalesce(l.interest, 0) AS l_interest, coalesce(l.penalty, 0) AS l_penalty,
    coalesce(l.compound, 0) AS l_compound, coalesce(l.fee, 0) AS l_fee,
    coalesce(l.held, 0) - coalesce(l.owed, 0) AS l_suspense,
    m.keeps_state AND m.accruing AND coalesce(l.off, 0) = 0 AS by_itself,
    m.interest + m.penalty + m.compound - m.accrued - coalesce(l.interest, 0)
      - coalesce(l.penalty, 0) - coalesce(l.compound, 0) - coalesce(l.off, 0) AS r_all,
    m.is_new AND EXISTS (SELECT FROM event e WHERE e.bucket = m.bucket
      AND e.loan_id = m.loan_id AND e.type = event_type_opening()) AS is_opened
  FROM moved m FULL JOIN lines l ON l.bucket = m.bucket AND l.loan_id = m.loan_id
)
SELECT e.loan_id, coalesce(n.loan_no, e.loan_id::text) AS "loanNo", n.group_id AS "groupId",
  e.normal AS "principalNormal", e.l_normal::bigint AS "principalNormalPosted",
  e.overdue AS "principalOverdue", e.l_overdue::bigint AS "principalOverduePosted",
  e.fee, e.l_fee::bigint AS "feePosted", e.suspense, e.l_suspense::bigint AS "suspensePosted",
  e.by_itself AS "byItself", e.is_opened AS "isOpened", e.r_all::bigint AS "chargesLeft",
  e.interest AS "interest", (e.accrued + e.l_interest)::bigint AS "interestExplained",
  e.penalty, e.l_penalty::bigint AS "penaltyPosted", e.compound,
  e.l_compound::bigint AS "compoundPosted", e.totals, e.totals_before AS "totalsBefore"
FROM explained e
LEFT JOIN loan n ON n.bucket = e.bucket AND n.loan_id = e.loan_id
WHERE (n.group_id = ANY ($1::integer[])) IS NOT TRUE AND (e.normal <> e.l_normal
  OR e.overdue <> e.l_overdue OR e.fee <> e.l_fee OR e.suspense <> e.l_suspense
  OR (NOT e.is_opened AND (e.r_all <> 0 OR (e.by_itself
    AND (e.interest <> e.accrued + e.l_interest OR e.penalty <> e.l_penalty
      OR e.compound <> e.l_compound)))))
ORDER BY e.loan_id
