-- Loans that were paid out on a day, with the event of it.
SELECT n.*, e.ref, e.value_date, l.periods, l.disbursed_on, l.rate
FROM (:loans) n
  JOIN event e ON e.bucket = n.bucket AND e.loan_id = n.loan_id
    AND e.business_date = DATE ':day' AND e.type = event_type_disbursement()
  JOIN loan l ON l.bucket = n.bucket AND l.loan_id = n.loan_id
WHERE n.born_on = DATE ':day' AND n.status <> status_cancelled()
