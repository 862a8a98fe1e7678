-- What was disbursed by month, of all loans that were born by a day and are not cancelled.
SELECT to_char(l.disbursed_on, 'YYYY-MM') AS cohort, sum(l.principal)::numeric AS disbursed
FROM loan l
WHERE l.born_on <= DATE ':day' AND NOT EXISTS (
    SELECT FROM left_loan x JOIN position q
      ON q.business_date = x.last_on AND q.bucket = x.bucket AND q.loan_id = x.loan_id
    WHERE x.bucket = l.bucket AND x.loan_id = l.loan_id AND x.left_on <= DATE ':day'
      AND q.status = status_cancelled())
  AND NOT EXISTS (SELECT FROM :position p WHERE p.bucket = l.bucket AND p.loan_id = l.loan_id
    AND p.status = status_cancelled())
GROUP BY 1 ORDER BY 1
