-- $1 = the import, $2 = the event of line 1: events ascend in file order.
INSERT INTO event (bucket, loan_id, event_id, type, ref, value_date, business_date, amount,
  import_id, component, seq, due_on, early_payment, rate_ppb, of_event_id, buyer)
SELECT l.bucket, l.loan_id, $2::bigint + s.line - 1, s.type, s.ref, s.value_date, s.business_date,
  s.amount, $1::integer, s.component, s.seq, s.due_on, s.early_payment,
  s.rate_ppb * u.units_a_year,
  coalesce(r.of_event_id, $2::bigint + r.of_line - 1, 0), s.buyer
FROM stage s
JOIN loan l ON l.bucket = s.bucket AND l.loan_no = s.loan_no
JOIN rate_unit u ON u.product_id = l.product_id
LEFT JOIN reversal r ON r.line = s.line
ORDER BY l.bucket, l.loan_id, s.line
