-- Orders that an earlier statement has a line of and whose event was reversed since: money without
-- a booking, as if the line had come now. $1 = the day, $2 = the event types, $3 = what order
-- numbers begin with, $4 = the day behind which reversals are looked at, $5 = the channel, $6 = what
-- its refunds begin with; order
-- and of are filled in as in reconcile-ours. A reversal that was known when its statement came is a
-- break of that one. Few events are reversals: they are found by the day that they are booked on.
INSERT INTO found (type, order_no, line, bucket, loan_id, event_id, their_amount, our_amount,
  ledger, difference, standing, explained, suspense, our_events)
SELECT CASE WHEN theirs < 0 THEN 'refund' ELSE 'status' END, order_no, 0, bucket, loan_id, event_id,
  theirs, ours, 0, ours, standing_reversed(), false, greatest(ours, 0), 1
FROM (
  SELECT :order AS order_no, e.bucket, e.loan_id, e.event_id, amounts.ours,
    coalesce(x.their_amount, amounts.ours) AS theirs
  FROM event v
  JOIN event_outcome w ON w.business_date = v.business_date AND w.bucket = v.bucket
    AND w.loan_id = v.loan_id AND w.event_id = v.event_id AND w.rule = ''
  JOIN event e ON e.bucket = v.bucket AND e.loan_id = v.loan_id AND e.event_id = v.of_event_id
    AND e.type = ANY ($2::smallint[]) AND e.business_date < $1::date
  :of
  JOIN event_outcome o ON o.business_date = e.business_date AND o.bucket = e.bucket
    AND o.loan_id = e.loan_id AND o.event_id = e.event_id AND o.rule = ''
  CROSS JOIN LATERAL (
    SELECT event_moved(e.type, e.amount, o.allocated, o.to_suspense) AS ours
  ) AS amounts
  LEFT JOIN LATERAL (
    SELECT b.their_amount FROM recon_break b
    WHERE b.event_id = e.event_id AND b.line > 0
      AND b.resolution IN ('tolerated', 'cross_day', 'posted')
    LIMIT 1
  ) AS x ON true
  WHERE v.type = event_type_reversal()
    AND v.business_date > $4::date AND v.business_date <= $1::date
    AND (starts_with(:order, $3) OR starts_with(:order, $6))
    AND (x.their_amount IS NOT NULL OR EXISTS (
      SELECT FROM statement t WHERE t.code = $5 AND t.statement_date = e.business_date
        AND t.state <> 'replaced' AND t.taken_on <= v.business_date))
    AND NOT EXISTS (
      SELECT FROM recon_break b JOIN statement t USING (statement_id)
      WHERE t.code = $5 AND b.order_no = :order AND b.resolution IS DISTINCT FROM 'replaced'
        AND (b.our_status = 'reversed' OR x.their_amount IS NULL))
) AS undone
