-- $1 = the last sealed day, $2 and $3 = buckets and loans, $4 = whether each brings its history.
-- What waits for a close, and of a history what was posted and is not reversed.
SELECT l.loan_no AS "loanNo", l.product_id AS "productId", e.ref, e.type,
  e.value_date::text AS "valueDate",
  e.business_date > $1::date AS "isWaiting", e.business_date::text AS "businessDate",
  e.amount, coalesce((SELECT sum(r.allocated + r.to_suspense)::bigint FROM event_outcome r
    WHERE r.bucket = e.bucket AND r.loan_id = e.loan_id AND r.event_id = e.event_id
      AND r.business_date BETWEEN l.born_on AND $1::date), 0) AS taken, e.component, e.seq, e.due_on::text AS "dueOn", e.early_payment AS "earlyPayment",
  e.rate_ppb AS "ratePpb", coalesce(o.ref, '') AS "of", e.buyer
FROM unnest($2::smallint[], $3::bigint[], $4::boolean[]) AS u (bucket, loan_id, has_history)
JOIN loan l ON l.bucket = u.bucket AND l.loan_id = u.loan_id
JOIN event e ON e.bucket = u.bucket AND e.loan_id = u.loan_id
LEFT JOIN event o ON o.bucket = e.bucket AND o.loan_id = e.loan_id AND o.event_id = e.of_event_id
WHERE NOT is_birth(e.type) AND (e.business_date > $1::date OR u.has_history
  AND e.type <> event_type_reversal()
  AND (SELECT r.rule FROM event_outcome r WHERE r.bucket = e.bucket AND r.loan_id = e.loan_id
    AND r.event_id = e.event_id AND r.business_date BETWEEN l.born_on AND $1::date
    ORDER BY r.business_date DESC LIMIT 1) IN ('', 'in_opening')
  AND NOT EXISTS (SELECT FROM event b WHERE b.bucket = e.bucket AND b.loan_id = e.loan_id
    AND b.type = event_type_reversal() AND b.of_event_id = e.event_id
    AND b.business_date <= $1::date))
ORDER BY l.bucket, l.loan_id, e.event_id
