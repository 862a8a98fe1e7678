-- Events of one order become one row: the sum of what counts, the best standing of them, and the
-- key of the first.
WITH taken AS (
  DELETE FROM ours o USING shared s WHERE o.order_no = s.order_no RETURNING o.*
)
INSERT INTO ours
SELECT order_no, (array_agg(bucket ORDER BY event_id))[1],
  (array_agg(loan_id ORDER BY event_id))[1], min(event_id),
  min(business_date), min(value_date), count(*)::integer, min(standing)::smallint,
  coalesce(sum(amount) FILTER (WHERE standing < standing_rejected()), sum(amount))::bigint,
  coalesce(sum(ledger) FILTER (WHERE standing < standing_rejected()), sum(ledger))::bigint
FROM taken GROUP BY order_no
