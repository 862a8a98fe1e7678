-- Events of one order become one row: the sum of what counts, and the best standing of them.
WITH taken AS (
  DELETE FROM ours o USING shared s WHERE o.order_no = s.order_no RETURNING o.*
)
INSERT INTO ours
SELECT order_no, min(bucket)::smallint, min(loan_id)::bigint, min(event_id)::bigint,
  min(business_date), min(value_date), count(*)::integer, min(standing)::smallint,
  coalesce(sum(amount) FILTER (WHERE standing < 2), sum(amount))::bigint, sum(ledger)::bigint
FROM taken GROUP BY order_no
