-- Statements that were posted by the close of the day $1 and stand, and whether the bank had
-- brought their net by then.
CREATE TEMP TABLE in_force ON COMMIT DROP AS
SELECT t.statement_id, t.code, t.kind, t.statement_date, t.revision, t.taken_on, t.amount,
  EXISTS (SELECT FROM statement b WHERE b.statement_id = t.settled_by AND b.posted_on <= $1::date)
    AS settled
FROM statement t
WHERE t.state = 'posted' AND t.posted_on <= $1::date
