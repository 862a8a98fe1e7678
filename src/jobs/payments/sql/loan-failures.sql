-- Failures of loans as they happened, whatever was said of their orders later: $1 = the channel,
-- $2 = buckets from, $3 = to.
SELECT o.loan_id AS "loanId", a.class, a.value_date::text AS day
FROM payment_order o JOIN payment_answer a ON a.order_no = o.order_no
WHERE o.channel = $1 AND o.bucket BETWEEN $2 AND $3 AND a.changed AND a.class IS NOT NULL
ORDER BY a.answer_id
