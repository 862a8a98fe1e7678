-- Orders of the numbers $1, in the buckets $3, that are there by the open day: what of each is left
-- to give back, and which of the numbers $2 its merchant's refunds have. One that a close rejected
-- gave nothing back.
SELECT l.loan_no AS "orderNo", l.bucket, l.loan_id AS "loanId", m.merchant,
  l.disbursed_on AS "disbursedOn", l.principal - coalesce((SELECT sum(r.amount)
    FROM merchant_refund r
    LEFT JOIN event e ON e.bucket = r.bucket AND e.loan_id = r.loan_id
      AND e.ref = refund_ref(r.refund_no)
    LEFT JOIN event_outcome o ON o.business_date = r.business_date AND o.bucket = r.bucket
      AND o.loan_id = r.loan_id AND o.event_id = e.event_id
    WHERE r.bucket = m.bucket AND r.loan_id = m.loan_id AND coalesce(o.rule, '') = ''), 0)::bigint
    AS left,
  ARRAY(SELECT r.refund_no FROM merchant_refund r
    WHERE r.merchant = m.merchant AND r.refund_no = ANY ($2::text[])) AS refunded
FROM loan l
JOIN merchant_order m ON m.bucket = l.bucket AND m.loan_id = l.loan_id
WHERE l.bucket = ANY ($3::smallint[]) AND l.loan_no = ANY ($1::text[])
  AND m.entered_on <= (SELECT business_date FROM book)
