-- Every break of the statement with its type, in the order of precedence. Differences are theirs
-- less ours; what is long and unexplained goes to suspense. What waits for its close is only that:
-- what a settlement comes to, say, is known behind the close. A refund of theirs that no event of ours
-- stands for is short: it stays on the clearing account. $1 = the tolerance.
CREATE TEMP TABLE found ON COMMIT DROP AS
WITH judged AS (
  SELECT 'duplicate' AS type, r.order_no, r.line, 0 AS bucket, 0::bigint AS loan_id,
    0::bigint AS event_id, r.amount AS their_amount, NULL::bigint AS our_amount,
    NULL::bigint AS ledger, r.amount AS difference, standing_none() AS standing, 0 AS our_events,
    false AS explained
  FROM repeated r WHERE r.success = 1
  UNION ALL
  SELECT CASE WHEN p.success = 1 AND p.their_amount < 0 AND p.standing > standing_waiting()
        THEN 'refund'
      WHEN p.success = 0 OR p.standing > standing_waiting() THEN 'status'
      WHEN p.standing = standing_waiting() THEN 'unposted'
      WHEN p.events > 1 AND p.our_amount = p.events * p.their_amount THEN 'duplicate'
      WHEN p.their_amount <> p.our_amount THEN 'amount' ELSE 'ledger' END,
    p.order_no, p.line, p.bucket, p.loan_id, p.event_id, p.their_amount, p.our_amount, p.ledger,
    CASE WHEN p.success = 0 THEN -coalesce(p.our_amount, 0)
      WHEN p.standing > standing_posted() THEN p.their_amount
      WHEN p.their_amount <> p.our_amount THEN p.their_amount - p.our_amount
      ELSE p.their_amount - p.ledger END,
    p.standing, p.events, false
  FROM pair p
  WHERE p.line IS NOT NULL AND p.event_id IS NOT NULL
    AND (p.success = 1 OR p.standing < standing_rejected())
    AND (p.success = 0 OR p.standing <> standing_posted() OR p.their_amount <> p.our_amount
      OR p.ledger <> p.our_amount)
  UNION ALL
  SELECT CASE WHEN p.their_amount < 0 AND (a.settled OR a.standing > standing_waiting())
        THEN 'refund'
      WHEN a.settled THEN 'duplicate' WHEN a.standing > standing_waiting() THEN 'status'
      WHEN a.standing = standing_waiting() THEN 'unposted'
      WHEN p.their_amount <> a.our_amount THEN 'amount'
      WHEN a.ledger <> a.our_amount THEN 'ledger' ELSE 'cross_day' END,
    p.order_no, p.line, a.bucket, a.loan_id, a.event_id, p.their_amount, a.our_amount, a.ledger,
    CASE WHEN a.settled OR a.standing > standing_posted() THEN p.their_amount
      WHEN p.their_amount <> a.our_amount THEN p.their_amount - a.our_amount
      ELSE p.their_amount - a.ledger END,
    a.standing, a.events, a.break_id IS NOT NULL
  FROM around a JOIN pair p ON p.line = a.line
  UNION ALL
  SELECT CASE WHEN p.their_amount < 0 THEN 'refund' ELSE 'missing_ours' END, p.order_no, p.line, 0, 0, 0, p.their_amount, NULL, NULL,
    p.their_amount, standing_none(), 0, false
  FROM pair p
  WHERE p.event_id IS NULL AND p.success = 1 AND NOT EXISTS (
    SELECT FROM around a WHERE a.line = p.line)
  UNION ALL
  SELECT 'missing_theirs', p.order_no, 0, p.bucket, p.loan_id, p.event_id, NULL, p.our_amount,
    p.ledger, -p.our_amount, p.standing, p.events, false
  FROM pair p
  WHERE p.line IS NULL AND p.standing = standing_posted() AND NOT EXISTS (
    SELECT FROM carried c WHERE c.event_id = p.event_id)
  UNION ALL
  SELECT 'amount', p.order_no, 0, p.bucket, p.loan_id, p.event_id, c.their_amount, p.our_amount,
    p.ledger, c.their_amount - p.our_amount, p.standing, p.events, false
  FROM carried c JOIN pair p ON p.event_id = c.event_id AND p.line IS NULL
  WHERE c.their_amount <> p.our_amount
)
SELECT j.*, CASE WHEN type = 'amount' AND abs(difference) <= $1 THEN 'tolerated'
    WHEN type = 'cross_day' THEN 'cross_day' END AS resolution,
  CASE WHEN difference > 0 AND type IN ('missing_ours', 'status', 'duplicate', 'amount')
    AND NOT (type = 'amount' AND difference <= $1) THEN difference ELSE 0 END AS suspense
FROM judged j
WHERE NOT (type = 'cross_day' AND explained)
