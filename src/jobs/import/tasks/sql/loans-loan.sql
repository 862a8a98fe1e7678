-- $1 = the import. In loan order, because that is how the close reads them.
INSERT INTO loan (bucket, loan_id, loan_no, group_id, product_id, org, principal, rate, rate_ppb,
  periods, disbursed_on, first_due_on, paid_periods, born_on, import_id)
SELECT s.bucket, s.loan_id, s.loan_no, g.group_id, s.product_id, s.org, s.principal, s.rate,
  s.rate_ppb, s.periods, s.disbursed_on, s.first_due_on, s.paid_periods, s.born_on, $1::integer
FROM import_row s JOIN accounting_group g
  ON g.product_id = s.product_id AND g.org = s.org AND coalesce(g.plan_id, 0) = s.plan_id
ORDER BY s.loan_id
