INSERT INTO schedule (bucket, loan_id, version, effective_on, due_on, principal, interest,
  balance_after)
SELECT bucket, loan_id, 1, disbursed_on, due_on, due_principal, due_interest, balance_after
FROM stage ORDER BY loan_id
