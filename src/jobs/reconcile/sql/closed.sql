-- Breaks of orders that waited for their close and have had it, with what it posted; $1 = the
-- channel, $2 = its event types. Closed days are few, so the outcomes are looked up by key; only an
-- order of several events is looked for by its number. A held loan is closed on a later day.
CREATE TEMP TABLE closed ON COMMIT DROP AS
WITH waiting AS (
  SELECT b.break_id, b.their_amount, b.bucket, b.loan_id, b.event_id, e.ref, e.business_date,
    b.our_events > 1 AS is_shared
  FROM recon_break b
  JOIN statement t ON t.statement_id = b.statement_id AND t.code = $1
  JOIN event e ON e.bucket = b.bucket AND e.loan_id = b.loan_id AND e.event_id = b.event_id
  WHERE b.state = 'open' AND b.type = 'unposted'
), orders AS (
  SELECT break_id, their_amount, bucket, loan_id, event_id, business_date FROM waiting
  WHERE NOT is_shared
  UNION ALL
  SELECT w.break_id, w.their_amount, e.bucket, e.loan_id, e.event_id, e.business_date
  FROM waiting w
  JOIN event e ON e.business_date = w.business_date AND e.ref = w.ref
    AND e.type = ANY ($2::smallint[])
  WHERE w.is_shared
)
SELECT r.break_id, r.their_amount,
  coalesce(sum(o.allocated + o.to_suspense) FILTER (WHERE o.rule = ''), 0)::bigint AS posted
FROM orders r
LEFT JOIN LATERAL (
  SELECT * FROM event_outcome o
  WHERE o.business_date >= r.business_date AND o.bucket = r.bucket AND o.loan_id = r.loan_id
    AND o.event_id = r.event_id
  ORDER BY o.business_date LIMIT 1
) AS o ON true
GROUP BY r.break_id, r.their_amount
HAVING bool_and(o.event_id IS NOT NULL)
