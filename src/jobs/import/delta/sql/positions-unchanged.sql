-- Takes out the staged positions that the book has just so, and tells how many.
DELETE FROM stage s USING opening_position o
WHERE o.bucket = s.bucket AND o.loan_id = s.loan_id
  AND (s.cut_over_on, s.principal_not_due, s.interest_accrued, s.suspense, s.accruing,
      s.written_off, s.from_birth, s.periods_paid, s.days_past_due, s.classification)
    = (o.cut_over_on, o.principal_not_due, o.interest_accrued, o.suspense, o.accruing,
      o.written_off, o.from_birth, o.periods_paid, o.days_past_due, o.classification)
  AND (s.seq, s.due_on, s.free_until, s.principal, s.interest, s.penalty, s.compound, s.fee)
    = (o.seq, o.due_on, o.free_until, o.principal, o.interest, o.penalty, o.compound, o.fee)
