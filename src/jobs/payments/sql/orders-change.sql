-- How orders stand now: $1 = their numbers. The next seal chains them anew.
UPDATE payment_order o SET state = n.state, class = n.class, collected = n.collected,
  chained_on = NULL, changes = o.changes + 1
FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
  AS n (order_no, state, class, collected)
WHERE o.order_no = n.order_no
