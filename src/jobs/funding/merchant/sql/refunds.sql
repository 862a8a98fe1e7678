-- Refunds up to the business date $3 of orders of the merchant $1 that have one behind $2, in the
-- order in which they came. `rule`: why the close of its day rejected one, as the loan did not have
-- it; empty: it stands.
SELECT r.refund_no AS "refundNo", l.loan_no AS "orderNo", r.business_date AS day, r.amount,
  r.earned, coalesce(o.rule, '') AS rule
FROM merchant_refund r
JOIN loan l ON l.bucket = r.bucket AND l.loan_id = r.loan_id
LEFT JOIN event e ON e.bucket = r.bucket AND e.loan_id = r.loan_id
  AND e.ref = refund_ref(r.refund_no)
LEFT JOIN event_outcome o ON o.business_date = r.business_date AND o.bucket = r.bucket
  AND o.loan_id = r.loan_id AND o.event_id = e.event_id
WHERE r.merchant = $1 AND r.business_date <= $3::date AND EXISTS (
  SELECT FROM merchant_refund n WHERE n.bucket = r.bucket AND n.loan_id = r.loan_id
    AND n.business_date > $2::date)
ORDER BY r.business_date, r.refund_id
