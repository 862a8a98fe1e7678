-- The loans of a range of buckets at the close of a day with their first due date and the last of
-- their instalments that fell due, where that is not before a day: a look at one element of an
-- array a loan. Each table names the range: it is read once for the whole book, by its key.
SELECT p.loan_id, p.principal, p.days_past_due, p.group_id, p.status, p.classification,
  p.open_installments, l.principal, l.disbursed_on, coalesce(s.due_on[1], DATE '9999-12-31'),
  greatest(b.billed - :width, 1),
  CASE WHEN s.due_on[b.billed] >= DATE ':since'
    THEN s.due_on[greatest(b.billed - :width, 1) : b.billed] ELSE '{}' END,
  CASE WHEN s.due_on[b.billed] >= DATE ':since'
    THEN s.principal[greatest(b.billed - :width, 1) : b.billed] ELSE '{}' END,
  CASE WHEN s.due_on[b.billed] >= DATE ':since'
    THEN s.interest[greatest(b.billed - :width, 1) : b.billed] ELSE '{}' END
FROM :standing p
  JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
  JOIN schedule s
    ON s.bucket = p.bucket AND s.loan_id = p.loan_id AND s.version = p.schedule_version
  CROSS JOIN LATERAL (SELECT CASE WHEN p.next_seq = 0 THEN cardinality(s.due_on)
    ELSE p.next_seq - 1 END AS billed) AS b
WHERE p.bucket BETWEEN :from AND :to AND l.bucket BETWEEN :from AND :to
  AND s.bucket BETWEEN :from AND :to
