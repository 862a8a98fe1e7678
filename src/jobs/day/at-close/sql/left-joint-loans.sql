-- Loans of some funding plans that left the book before the close of a day, as their last row has
-- them: nothing is owed of them any more.
SELECT x.bucket, x.loan_id, l.loan_no, q.status, q.classification
FROM left_loan x
  JOIN position q ON q.business_date = x.last_on AND q.bucket = x.bucket AND q.loan_id = x.loan_id
  JOIN loan l ON l.bucket = x.bucket AND l.loan_id = x.loan_id
  JOIN accounting_group g ON g.group_id = q.group_id
WHERE g.plan_id IN (:plans) AND x.left_on <= DATE ':day'
  AND NOT EXISTS (SELECT FROM left_loan later WHERE later.bucket = x.bucket
    AND later.loan_id = x.loan_id AND later.left_on > x.left_on AND later.left_on <= DATE ':day')
