-- Orders, the newest first: $1 = the channel, $2 = states, $3 = a loan, $4 = an order; null: any.
-- $5 = how many. What was said last of each is a break until another answer changes the order.
SELECT o.order_no AS "orderNo", o.loan_no AS "loanNo", o.channel, o.asked_on::text AS "askedOn",
  (SELECT business_date FROM book) - o.asked_on AS "ageDays", o.amount::float8 AS amount, o.state,
  o.class, o.collected::float8 AS collected, b.name AS file,
  (SELECT a.break FROM payment_answer a WHERE a.order_no = o.order_no
   ORDER BY a.answer_id DESC LIMIT 1) AS "lastBreak"
FROM payment_order o JOIN payment_batch b ON b.batch_id = o.batch_id
WHERE ($1::text IS NULL OR o.channel = $1) AND ($2::text[] IS NULL OR o.state = ANY ($2))
  AND ($3::text IS NULL OR o.loan_no = $3) AND ($4::text IS NULL OR o.order_no = $4)
ORDER BY o.batch_id DESC, o.line LIMIT $5
