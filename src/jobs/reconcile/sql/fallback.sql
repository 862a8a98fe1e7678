-- Lines and posted events that are left over, joined by the declared keys where exactly one stands
-- on either side; :keys = conditions, :their = the line's key, :our = the event's.
CREATE TEMP TABLE fallback_:place ON COMMIT DROP AS
WITH loose_line AS (
  SELECT p.*, count(*) OVER (PARTITION BY :their) AS alike FROM pair p
  WHERE p.event_id IS NULL AND p.success = 1
    AND NOT EXISTS (SELECT FROM around a WHERE a.line = p.line)
), loose_event AS (
  SELECT p.*, l.loan_no AS our_loan_no,
    count(*) OVER (PARTITION BY :our) AS alike
  FROM pair p JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id
  WHERE p.line IS NULL AND p.standing = standing_posted()
)
SELECT s.line, o.order_no AS our_order_no
FROM loose_line s JOIN loose_event o ON :keys
WHERE s.alike = 1 AND o.alike = 1
