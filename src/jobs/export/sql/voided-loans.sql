-- $1 = the last sealed day: loans with money whose event was made impossible later. It is held for the
-- customer, and no order of the events gives that again. Few; asked once, for it goes over every day.
SELECT DISTINCT o.loan_id AS "loanId" FROM event_outcome o
WHERE o.business_date <= $1::date AND o.rule LIKE 'voided: %' AND NOT EXISTS (
  SELECT FROM event_outcome n
  WHERE n.bucket = o.bucket AND n.loan_id = o.loan_id AND n.event_id = o.event_id
    AND n.business_date > o.business_date AND n.business_date <= $1::date)
