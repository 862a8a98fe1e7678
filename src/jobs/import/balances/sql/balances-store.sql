-- $1 = the import. In loan order, because that is how the close reads them.
INSERT INTO opening_position (bucket, loan_id, cut_over_on, principal_not_due, interest_accrued,
  suspense, accruing, written_off, from_birth, periods_paid, days_past_due, classification,
  import_id, seq, due_on, free_until, principal, interest, penalty, compound, fee)
SELECT bucket, loan_id, cut_over_on, principal_not_due, interest_accrued, suspense, accruing,
  written_off, from_birth, periods_paid, days_past_due, classification, $1::integer, seq, due_on,
  free_until, principal, interest, penalty, compound, fee
FROM stage ORDER BY loan_id
