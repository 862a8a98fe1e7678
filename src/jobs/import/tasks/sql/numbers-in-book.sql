-- $1 = buckets, $2 = loan numbers of them, $3 = they come by a delta: those that the book has, and why
-- none may come in under that number; null: it takes the place of the loan.
SELECT l.loan_no AS "loanNo", l.loan_id AS "loanId",
  CASE WHEN $3 THEN replace_bar(l.bucket, l.loan_id) ELSE 'there' END AS bar
FROM unnest($1::smallint[], $2::text[]) AS asked (bucket, loan_no)
JOIN loan l ON l.bucket = asked.bucket AND l.loan_no = asked.loan_no
