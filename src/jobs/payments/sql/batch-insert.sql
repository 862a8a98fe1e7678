-- A batch of the channel $1 on the day $2 with $3 orders of $4 in all, made by $5; its file
-- ends in $6. The lock of orders is held.
INSERT INTO payment_batch (batch_id, channel, business_date, name, orders, amount, made_by)
SELECT n.next, $1, $2::date, $1 || '-' || to_char($2::date, 'YYYYMMDD') || '-' || n.next || $6,
  $3, $4, $5
FROM (SELECT coalesce(max(batch_id), 0) + 1 AS next FROM payment_batch) AS n
RETURNING batch_id AS batch
