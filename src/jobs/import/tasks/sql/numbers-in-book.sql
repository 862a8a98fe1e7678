-- $1 = buckets, $2 = loan numbers of them: those that the book has.
SELECT l.loan_no
FROM unnest($1::smallint[], $2::text[]) AS asked (bucket, loan_no)
JOIN loan l ON l.bucket = asked.bucket AND l.loan_no = asked.loan_no
