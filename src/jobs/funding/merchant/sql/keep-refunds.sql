INSERT INTO merchant_refund (refund_id, merchant, refund_no, bucket, loan_id, amount, earned,
  business_date, file_sha256, made_by)
SELECT last.id + u.at, u.merchant, u.refund_no, u.bucket, u.loan_id, u.amount, u.earned, $7::date,
  $8, $9
FROM unnest($1::text[], $2::text[], $3::smallint[], $4::bigint[], $5::bigint[], $6::bigint[])
  WITH ORDINALITY AS u (merchant, refund_no, bucket, loan_id, amount, earned, at)
CROSS JOIN (SELECT coalesce(max(refund_id), 0) AS id FROM merchant_refund) AS last
ORDER BY u.at
