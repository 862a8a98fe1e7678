-- Loans by their numbers; $1 = numbers, $2 = the open day. `pending`: another assignment of it waits
-- for a second person (beside the approval $3), or was made behind the same close.
SELECT l.loan_no AS "loanNo", l.bucket, l.loan_id AS "loanId", l.group_id AS "groupId",
  l.born_on AS "bornOn",
  EXISTS (SELECT FROM assigned_loan a WHERE a.bucket = l.bucket AND a.loan_id = l.loan_id
    AND a.effective_on = $2::date) OR l.loan_no IN (
    SELECT jsonb_array_elements_text(w.payload -> 'loans') FROM approval w
    WHERE w.act = 'funding_assign' AND w.status = 'pending' AND w.subject <> $3) AS pending
FROM loan l WHERE l.loan_no = ANY ($1::text[])
