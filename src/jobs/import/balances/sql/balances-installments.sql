-- $1 = numbers of loans.
SELECT ordinal, loan_no, line, lines, seq, due_on::text[], free_until::text[], principal, interest,
  penalty, compound, fee, problem_line, field, rule, value
FROM open_installment WHERE loan_no = ANY ($1::text[]) ORDER BY ordinal
