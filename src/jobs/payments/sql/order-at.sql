-- One order by its number ($1).
SELECT order_no AS "orderNo", loan_no AS "loanNo", state, class, amount::float8 AS amount,
  collected::float8 AS collected
FROM payment_order WHERE order_no = $1
