-- What the parties of a loan had of each event, as booked up to a day: $1 bucket, $2 loan, $3 day.
SELECT i.business_date AS "businessDate", i.party, i.kind, e.ref, i.principal, i.interest,
  i.penalty, i.compound, i.fee, i.service_fee AS "serviceFee", i.service_tax AS "serviceTax"
FROM funding_item i
LEFT JOIN event e ON e.bucket = i.bucket AND e.loan_id = i.loan_id AND e.event_id = i.event_id
WHERE i.bucket = $1 AND i.loan_id = $2 AND i.business_date <= $3
ORDER BY i.business_date, i.place
