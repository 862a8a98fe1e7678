-- Both sides of every order that is not simply the same on all three: lines without an event, events
-- without a line, and pairs that differ somewhere. What agrees leaves no row.
CREATE TEMP TABLE pair ON COMMIT DROP AS
SELECT s.line, coalesce(s.order_no, o.order_no) AS order_no, s.amount AS their_amount, s.success,
  s.value_date AS their_date, s.loan_no, o.bucket, o.loan_id, o.event_id, o.events, o.standing,
  o.amount AS our_amount, o.ledger, o.business_date, o.value_date AS our_date
FROM (
  SELECT * FROM statement_line l
  WHERE NOT EXISTS (SELECT FROM repeated r WHERE r.line = l.line)
) AS s
FULL JOIN ours o ON o.order_no = s.order_no
WHERE (s.amount = o.amount AND s.success = 1 AND o.standing = standing_posted()
  AND o.ledger = o.amount) IS NOT TRUE
