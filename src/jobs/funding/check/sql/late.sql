-- What of a partner's money moved up to a day, of loans that differ, the last of a loan first; as far
-- back as a difference may be one of two cut-offs ($6 days).
SELECT d.loan_no, CASE WHEN i.kind = ANY ($3::smallint[]) THEN 1 ELSE -1 END AS side,
  i.principal, i.interest, i.penalty, i.compound, i.fee
FROM odd_loan d
  JOIN funding_item i ON i.bucket = d.bucket AND i.loan_id = d.loan_id
WHERE i.business_date BETWEEN $1::date - $6::integer AND $1::date AND i.party = $2
  AND d.loan_no > $4 AND d.loan_no <= $5
ORDER BY d.loan_no, i.business_date DESC, i.place DESC
