-- Orders to a channel for a loan, the oldest first, as they are now: $1 bucket, $2 loan.
SELECT o.order_no AS "orderNo", o.channel, o.asked_on AS "askedOn", o.seq, o.attempt, o.part,
  o.amount, o.state, o.class, o.collected
FROM payment_order o
WHERE o.bucket = $1 AND o.loan_id = $2
ORDER BY o.asked_on, o.batch_id, o.line
