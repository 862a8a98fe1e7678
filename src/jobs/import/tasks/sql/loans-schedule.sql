INSERT INTO schedule (bucket, loan_id, version, effective_on, due_on, principal, interest,
  balance_after)
SELECT bucket, loan_id, version, effective_on, due_on, principal, interest, balance_after
FROM import_schedule
