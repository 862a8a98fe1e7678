-- What of a partner's money moved on a day, of loans that differ, the last of a loan first.
SELECT d.loan_no, CASE WHEN i.kind = ANY ($3::smallint[]) THEN 1 ELSE -1 END AS side,
  i.principal, i.interest, i.penalty, i.compound, i.fee
FROM odd_loan d
  JOIN funding_item i ON i.bucket = d.bucket AND i.loan_id = d.loan_id
WHERE i.business_date = $1::date AND i.party = $2 AND d.loan_no > $4 AND d.loan_no <= $5
ORDER BY d.loan_no, i.place DESC
