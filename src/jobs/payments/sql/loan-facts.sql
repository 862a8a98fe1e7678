-- What orders say of loans before a run: $1 = the channel, $2 = buckets from, $3 = to. A row an order; those of other channels only count while they are in flight.
SELECT o.loan_id AS "loanId", o.channel = $1 AS own, o.seq::int4, o.attempt::int4, o.state, o.class
FROM payment_order o
WHERE o.bucket BETWEEN $2 AND $3 AND (o.channel = $1 OR o.state IN ('sent', 'unknown'))
ORDER BY o.bucket, o.loan_id, o.seq, o.attempt, o.part
