-- :asked = the loans with what their positions are checked against, as buckets and numbers. Small
-- figures stand together: a COPY has a length for each field.
SELECT l.loan_no, ARRAY[l.bucket, l.loan_id, l.product_id, l.principal, l.rate_ppb, l.periods,
    e.type, (EXISTS (SELECT FROM opening_position o
      WHERE o.bucket = l.bucket AND o.loan_id = l.loan_id))::integer,
    coalesce((SELECT min(f.seq) FROM event f WHERE f.bucket = l.bucket AND f.loan_id = l.loan_id
      AND f.type = event_type_fee() AND f.ref = 'schedule-fee-' || f.seq
      AND f.import_id = l.import_id), 0)]::bigint[],
  ARRAY[l.disbursed_on, l.born_on, coalesce(l.first_due_on, DATE '9999-12-31')],
  s.due_on, s.principal, s.interest, s.balance_after
FROM (VALUES :asked) AS u (bucket, loan_no)
JOIN loan l ON l.bucket = u.bucket AND l.loan_no = u.loan_no
JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id AND is_birth(e.type)
JOIN schedule s ON s.bucket = l.bucket AND s.loan_id = l.loan_id AND s.version = 1
