-- Loans of the book whose places the staged ones take, and what other imports brought for them.
SELECT count(*) AS replaced,
  coalesce(sum((SELECT count(*) FROM opening_position o
    WHERE o.bucket = l.bucket AND o.loan_id = l.loan_id)), 0)::bigint AS "positionsDropped",
  coalesce(sum((SELECT count(*) FROM event e WHERE e.bucket = l.bucket AND e.loan_id = l.loan_id
    AND e.import_id <> l.import_id)), 0)::bigint AS "eventsDropped"
FROM import_row s JOIN loan l ON l.bucket = s.bucket AND l.loan_id = s.loan_id
