-- Loans of customers whose principal at the close of a day is above $1, whoever funds it, and of the
-- one that has most: what the lender has of them is less or the same.
WITH owed AS (
  SELECT q.party_no, sum(p.principal) AS principal
  FROM :position p JOIN loan_party q ON q.bucket = p.bucket AND q.loan_id = p.loan_id
  WHERE p.principal > 0 GROUP BY q.party_no
), above AS (
  SELECT party_no FROM owed WHERE principal > $1
  UNION (SELECT party_no FROM owed ORDER BY principal DESC, party_no LIMIT 1)
)
SELECT a.party_no AS customer, p.principal, :record AS row
FROM above a JOIN loan_party q USING (party_no)
  JOIN :position p ON p.bucket = q.bucket AND p.loan_id = q.loan_id
WHERE p.principal > 0 ORDER BY a.party_no
