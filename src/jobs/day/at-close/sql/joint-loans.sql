-- The loans of some funding plans at the close of a day, with the lifetime totals from which every
-- share follows: what came in of each component, and what went out. A component of which nothing is
-- left counts as 0 and 0, since its shares are 0 for everybody; so the packed totals are unpacked of
-- few loans. They hold four numbers a component, the first of them what fell due of it.
SELECT p.bucket, p.loan_id, l.loan_no, g.plan_id, p.status, p.classification, p.days_past_due,
  l.rate_ppb, l.principal AS disbursed, l.born_on, p.schedule_version,
  l.principal AS principal_in, l.principal - p.principal AS principal_out,
  p.interest_accrued_total AS interest_in,
  p.interest_accrued_total - p.interest_accrued - p.interest_due AS interest_out,
  CASE WHEN p.penalty_due = 0 THEN 0 ELSE packed_number(p.totals, 8) END AS penalty_in,
  CASE WHEN p.penalty_due = 0 THEN 0 ELSE packed_number(p.totals, 8) - p.penalty_due END
    AS penalty_out,
  CASE WHEN p.compound_due = 0 THEN 0 ELSE packed_number(p.totals, 12) END AS compound_in,
  CASE WHEN p.compound_due = 0 THEN 0 ELSE packed_number(p.totals, 12) - p.compound_due END
    AS compound_out,
  CASE WHEN p.fee_due = 0 THEN 0 ELSE packed_number(p.totals, 16) END AS fee_in,
  CASE WHEN p.fee_due = 0 THEN 0 ELSE packed_number(p.totals, 16) - p.fee_due END AS fee_out
FROM :position p
  JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
  JOIN accounting_group g ON g.group_id = p.group_id
WHERE g.plan_id IN (:plans)
