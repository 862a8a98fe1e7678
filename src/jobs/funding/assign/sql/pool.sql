-- Loans that an assignment sold and that no later one took out of it, with the own principal that
-- left by it; $1 = its code.
SELECT l.loan_no AS "loanNo", a.sold[1] + a.sold[2] AS principal, NOT EXISTS (
    SELECT FROM assigned_loan later WHERE later.bucket = a.bucket AND later.loan_id = a.loan_id
      AND later.effective_on > a.effective_on) AS "isThere"
FROM funding_assignment f JOIN assigned_loan a USING (assignment_id)
  JOIN loan l ON l.bucket = a.bucket AND l.loan_id = a.loan_id
WHERE f.code = $1 AND f.kind = 'sale'
ORDER BY l.loan_no
