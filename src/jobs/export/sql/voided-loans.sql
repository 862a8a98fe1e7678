-- $1 = the last sealed day, $2 and $3 = buckets and loans: those with money whose event was made
-- impossible later. It is held for the customer, and no order of the events gives that again.
SELECT DISTINCT o.loan_id AS "loanId" FROM unnest($2::smallint[], $3::bigint[]) AS u (bucket, loan_id)
JOIN event_outcome o ON o.bucket = u.bucket AND o.loan_id = u.loan_id AND o.business_date <= $1::date
WHERE o.rule LIKE 'voided: %' AND NOT EXISTS (SELECT FROM event_outcome n
  WHERE n.bucket = o.bucket AND n.loan_id = o.loan_id AND n.event_id = o.event_id
    AND n.business_date > o.business_date AND n.business_date <= $1::date)
