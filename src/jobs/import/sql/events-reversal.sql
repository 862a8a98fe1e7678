-- The reversals of the file that are not rejected yet, each with the event that it undoes: of its
-- loan, in the book or on an earlier line that is not rejected either. Problems: there is none (6),
-- it is a reversal itself (7), it is reversed already (8; a reversal that the close rejected may be
-- sent again), it is booked after its reversal (9).
-- Types 1 and 2, disbursement and opening, are what a loan is born by and cannot be undone.
CREATE TEMP TABLE reversal ON COMMIT DROP AS
WITH found AS (
  SELECT s.line, s.bucket, s.loan_no, s.of_ref, e.event_id AS of_event_id, t.line AS of_line,
    CASE WHEN e.event_id IS NULL AND t.line IS NULL THEN 6
      WHEN coalesce(e.type, t.type) = event_type_reversal() THEN 7
      WHEN EXISTS (SELECT FROM event u WHERE u.bucket = e.bucket AND u.loan_id = e.loan_id
        AND u.of_event_id = e.event_id AND NOT EXISTS (SELECT FROM event_outcome o
          WHERE o.bucket = u.bucket AND o.loan_id = u.loan_id AND o.event_id = u.event_id
            AND o.rule <> '')) THEN 8
      WHEN s.business_date < coalesce(e.business_date, t.business_date) THEN 9 END AS problem
  FROM stage s
  JOIN loan l ON l.bucket = s.bucket AND l.loan_no = s.loan_no
  LEFT JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id AND e.ref = s.of_ref
    AND NOT is_birth(e.type)
  LEFT JOIN stage t ON t.bucket = s.bucket AND t.loan_no = s.loan_no AND t.ref = s.of_ref
    AND t.line < s.line AND NOT EXISTS (SELECT FROM rejected r WHERE r.line = t.line)
  WHERE s.of_ref <> '' AND NOT EXISTS (SELECT FROM rejected r WHERE r.line = s.line)
)
SELECT line, of_event_id, of_line,
  CASE WHEN problem IS NOT NULL THEN problem
    WHEN row_number() OVER (PARTITION BY bucket, loan_no, of_ref, problem IS NULL ORDER BY line) > 1
    THEN 8 END AS problem
FROM found
