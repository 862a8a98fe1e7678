-- $1 = buckets, $2 = numbers: the loans with what their positions are checked against.
SELECT l.loan_no, l.bucket, l.loan_id, l.product_id, l.principal, l.rate_ppb, l.periods,
  l.disbursed_on::text, l.first_due_on::text, l.born_on::text, e.type,
  EXISTS (SELECT FROM opening_position o
    WHERE o.bucket = l.bucket AND o.loan_id = l.loan_id) AS has_position,
  coalesce((SELECT min(f.seq) FROM event f WHERE f.bucket = l.bucket AND f.loan_id = l.loan_id
    AND f.type = event_type_fee() AND f.ref = 'schedule-fee-' || f.seq
    AND f.import_id = l.import_id), 0)::integer AS first_fee_seq,
  s.due_on::text[], s.principal AS due_principal, s.interest AS due_interest, s.balance_after
FROM unnest($1::smallint[], $2::text[]) AS u (bucket, loan_no)
JOIN loan l ON l.bucket = u.bucket AND l.loan_no = u.loan_no
JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id AND is_birth(e.type)
JOIN schedule s ON s.bucket = l.bucket AND s.loan_id = l.loan_id AND s.version = 1
