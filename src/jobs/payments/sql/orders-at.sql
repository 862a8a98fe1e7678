-- Orders of the channel $1 by their numbers ($2), each once.
SELECT order_no AS "orderNo", loan_no AS "loanNo", state, class, amount::float8 AS amount,
  collected::float8 AS collected
FROM payment_order WHERE channel = $1 AND order_no = ANY ($2::text[])
