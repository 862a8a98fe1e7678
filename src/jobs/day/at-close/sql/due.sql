-- Running loans of a range of buckets that something is open of at the close of a day, or will be
-- once the instalments of another day have fallen due: a row a loan, with what the schedule asks by
-- then of those that are not due yet.
SELECT p.loan_id, p.suspense, p.open_installments, convert_to(l.loan_no, 'UTF8'),
  greatest(p.next_seq, 1)::int4, coalesce(f.due_on, '{}'), coalesce(f.principal, '{}'),
  coalesce(f.interest, '{}')
FROM :position p
  JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
  JOIN schedule s
    ON s.bucket = p.bucket AND s.loan_id = p.loan_id AND s.version = p.schedule_version
  LEFT JOIN LATERAL (
    SELECT array_agg(u.due_on ORDER BY u.seq) AS due_on,
      array_agg(u.principal ORDER BY u.seq) AS principal,
      array_agg(u.interest ORDER BY u.seq) AS interest
    FROM unnest(s.due_on, s.principal, s.interest) WITH ORDINALITY
      AS u (due_on, principal, interest, seq)
    WHERE p.next_seq > 0 AND p.next_due_on <= DATE ':day' AND u.seq >= p.next_seq
      AND u.due_on <= DATE ':day') AS f ON true
WHERE p.bucket BETWEEN :from AND :to AND l.bucket BETWEEN :from AND :to
  AND s.bucket BETWEEN :from AND :to AND p.status IN (status_normal(), status_overdue())
  AND (p.status = status_overdue() OR octet_length(p.open_installments) > 0
    OR p.next_due_on <= DATE ':day')
