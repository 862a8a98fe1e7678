-- What stands of each break of a channel on its clearing account at the close of the day $1: what
-- our side has of the order, with what went to suspense, less what the channel says that it owes.
-- An event is of its cash: breaks of an older version may have the principal of a prepayment.
-- `by_hand`: people ended it by then and left something standing. What a statement ended that was
-- posted later was open still. A long amount is in suspense while its break is open.
CREATE TEMP TABLE standing_break ON COMMIT DROP AS
WITH judged AS (
  SELECT b.*, i.code, i.kind,
    (b.state = 'open' OR b.resolved_on > $1::date OR (s.statement_id IS NOT NULL
      AND (s.posted_on IS NULL OR s.posted_on > $1::date))) AS is_open
  FROM recon_break b JOIN in_force i ON i.statement_id = b.statement_id
  LEFT JOIN statement s ON s.statement_id = b.resolved_by_statement
), chosen AS (
  SELECT * FROM judged
  WHERE kind = 'channel' AND (is_open OR (resolved_by_statement IS NULL
    AND resolution IN ('booked', 'refunded', 'explained', 'reversed')))
), shared AS (
  SELECT c.break_id, e.ref, e.type, e.business_date, c.our_events > 1 AS is_shared
  FROM chosen c
  JOIN event e ON e.bucket = c.bucket AND e.loan_id = c.loan_id AND e.event_id = c.event_id
  WHERE c.our_status = 'waiting'
), waited AS (
  SELECT break_id, sum(allocated + to_suspense)::bigint AS posted
  FROM (
    SELECT c.break_id, c.bucket, c.loan_id, c.event_id, s.business_date
    FROM chosen c JOIN shared s ON s.break_id = c.break_id AND NOT s.is_shared
    UNION ALL
    SELECT s.break_id, e.bucket, e.loan_id, e.event_id, e.business_date
    FROM shared s JOIN event e ON e.business_date = s.business_date AND e.ref = s.ref
      AND e.type BETWEEN event_type_repayment() AND event_type_recovery()
    WHERE s.is_shared
  ) AS orders
  CROSS JOIN LATERAL (
    SELECT o.* FROM event_outcome o
    WHERE o.business_date BETWEEN orders.business_date AND $1::date AND o.bucket = orders.bucket
      AND o.loan_id = orders.loan_id AND o.event_id = orders.event_id
    ORDER BY o.business_date LIMIT 1
  ) AS first
  WHERE first.rule = ''
  GROUP BY break_id
), posted AS (
  SELECT c.break_id, event_moved(e.type, e.amount, o.allocated, o.to_suspense) AS cash
  FROM chosen c
  JOIN event e ON e.bucket = c.bucket AND e.loan_id = c.loan_id AND e.event_id = c.event_id
  LEFT JOIN event_outcome o ON o.business_date = e.business_date AND o.bucket = e.bucket
    AND o.loan_id = e.loan_id AND o.event_id = e.event_id
  WHERE c.our_status = 'posted'
), undone AS (
  SELECT c.break_id,
    CASE WHEN c.type = 'ledger' THEN c.ledger_amount ELSE coalesce(p.cash, c.our_amount) END
      AS amount
  FROM chosen c
  JOIN posted p USING (break_id)
  JOIN event v ON v.bucket = c.bucket AND v.loan_id = c.loan_id AND v.type = event_type_reversal()
    AND v.of_event_id = c.event_id
  JOIN event_outcome w ON w.business_date = v.business_date AND w.bucket = v.bucket
    AND w.loan_id = v.loan_id AND w.event_id = v.event_id AND w.rule = ''
  WHERE c.our_status = 'posted' AND v.business_date <= $1::date
), sides AS (
  SELECT c.*,
    CASE WHEN c.type IN ('missing_ours', 'refund') OR c.event_id = 0 OR (c.type IN ('status', 'duplicate') AND c.difference > 0)
        THEN 0
      WHEN c.our_status = 'waiting' THEN coalesce(w.posted, 0)
      WHEN c.type = 'ledger' THEN c.ledger_amount
      WHEN c.our_events = 1 THEN coalesce(p.cash, c.our_amount)
      ELSE c.our_amount END - coalesce(u.amount, 0) AS ours,
    CASE WHEN c.type = 'status' THEN greatest(c.difference, 0)
      ELSE coalesce(c.their_amount, 0) END AS theirs,
    CASE WHEN c.is_open AND c.type IN ('missing_ours', 'status', 'duplicate', 'amount')
      THEN greatest(c.difference, 0) ELSE 0 END AS held
  FROM chosen c LEFT JOIN waited w USING (break_id) LEFT JOIN undone u USING (break_id)
    LEFT JOIN posted p USING (break_id)
)
SELECT break_id, code, type, order_no, bucket, loan_id, since, NOT is_open AS by_hand, resolution,
  difference, CASE WHEN type = 'duplicate' AND difference > 0 THEN held - theirs
    ELSE ours + held - theirs END AS stands
FROM sides
