-- :asked = numbers of loans.
SELECT ordinal, loan_no, line, lines, seq, due_on, free_until, principal, interest, penalty,
  compound, fee, problem_line, field, rule, value
FROM open_installment WHERE loan_no IN (:asked) ORDER BY ordinal
