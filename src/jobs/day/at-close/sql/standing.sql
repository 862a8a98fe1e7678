-- How the loans of a range of buckets stand at the close of a day: what `readStanding` reads.
SELECT p.loan_id, p.principal, p.days_past_due, p.group_id, p.status, p.classification,
  p.open_installments
FROM :position p
WHERE p.bucket BETWEEN :from AND :to
