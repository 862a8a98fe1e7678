-- What was said, in its order.
INSERT INTO payment_answer (answer_id, file_id, order_no, said, amount, class, changed, posted,
  break, value_date, business_date, said_by, checker)
SELECT (SELECT coalesce(max(answer_id), 0) FROM payment_answer) + a.place, a.file_id, a.order_no,
  a.said, a.amount, a.class, a.changed, a.posted, a.break, a.value_date, a.business_date,
  a.said_by, a.checker
FROM unnest($1::integer[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::boolean[],
    $7::bigint[], $8::text[], $9::date[], $10::date[], $11::text[], $12::text[])
  WITH ORDINALITY AS a (file_id, order_no, said, amount, class, changed, posted, break, value_date,
    business_date, said_by, checker, place)
