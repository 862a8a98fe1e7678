-- Interest that the loans $1 have accrued in their lifetime, by the close of a day.
SELECT p.loan_id AS "loanId", p.status, p.interest_accrued_total AS interest
FROM unnest($1::bigint[]) AS u (loan_id)
JOIN :position p ON p.bucket = (u.loan_id >> 32)::smallint AND p.loan_id = u.loan_id
