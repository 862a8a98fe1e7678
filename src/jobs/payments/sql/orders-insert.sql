-- Orders of the batch $1 to the channel $2 on the day $3, in their order.
INSERT INTO payment_order (batch_id, line, channel, asked_on, order_no, bucket, loan_id, loan_no,
  seq, attempt, part, amount, party_no, party_version, account_at, account_mark)
SELECT $1, o.line, $2, $3::date, o.order_no, o.bucket, o.loan_id, o.loan_no, o.seq, o.attempt,
  o.part, o.amount, o.party_no, o.party_version, o.account_at, o.account_mark
FROM unnest($4::text[], $5::smallint[], $6::bigint[], $7::text[], $8::smallint[], $9::smallint[],
    $10::smallint[], $11::bigint[], $12::text[], $13::integer[], $14::smallint[], $15::bytea[])
  WITH ORDINALITY AS o (order_no, bucket, loan_id, loan_no, seq, attempt, part, amount, party_no,
    party_version, account_at, account_mark, line)
