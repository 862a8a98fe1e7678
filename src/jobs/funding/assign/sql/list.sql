-- Lists of loans that changed hands, with the loans that no later list took over.
SELECT a.code, a.version, a.kind, a.cut_on AS day, coalesce(p.code || ' ' || p.version, 'own') AS plan,
  a.buyer, a.loans, (SELECT count(*)::int FROM assigned_loan l
    WHERE l.assignment_id = a.assignment_id AND NOT EXISTS (SELECT FROM assigned_loan later
      WHERE later.bucket = l.bucket AND later.loan_id = l.loan_id
        AND later.effective_on > l.effective_on)) AS "stillThere",
  a.sold, a.price, a.assigned_by AS "assignedBy", a.checker, b.minor_digits AS digits
FROM funding_assignment a CROSS JOIN book b LEFT JOIN funding_plan_version p USING (plan_id)
ORDER BY a.assignment_id
