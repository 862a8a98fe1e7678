-- Loans at the close of a day beside what they were at the close before.
SELECT n.*, b.status AS status_before, b.classification AS classification_before,
  coalesce(b.interest_in, 0) AS interest_before, coalesce(b.penalty_in, 0) AS penalty_before,
  coalesce(b.compound_in, 0) AS compound_before
FROM (:loans) n
  LEFT JOIN (:before) b ON b.bucket = n.bucket AND b.loan_id = n.loan_id
