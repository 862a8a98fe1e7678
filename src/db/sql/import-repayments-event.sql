-- $1 = the import, $2 = the event of line 1: events ascend in file order.
INSERT INTO event (bucket, loan_id, event_id, type, ref, value_date, business_date, amount,
  import_id)
SELECT l.bucket, l.loan_id, $2::bigint + s.line - 1, s.type, s.ref, s.value_date, s.value_date,
  s.amount, $1::integer
FROM stage s JOIN loan l ON l.bucket = s.bucket AND l.loan_no = s.loan_no
ORDER BY l.bucket, l.loan_id, s.line
