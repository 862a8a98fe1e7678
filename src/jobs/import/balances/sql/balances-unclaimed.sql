-- $1 = places in the file. Those of loans with a position are passed over: when rejected rows are
-- sent again, the file of instalments may stay as it is.
SELECT i.loan_no AS "loanNo", i.line FROM open_installment i
WHERE i.ordinal = ANY ($1) AND NOT EXISTS (
  SELECT FROM loan l JOIN opening_position o USING (bucket, loan_id)
  WHERE l.bucket = i.bucket AND l.loan_no = i.loan_no)
ORDER BY i.ordinal
