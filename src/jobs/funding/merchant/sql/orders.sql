-- Orders of the merchant $1 on business dates behind $2 and up to $3, and earlier ones that refunds
-- behind $2 are of. One of a loan that was opened, not disbursed, was settled before the book.
SELECT l.loan_no AS "orderNo", l.loan_id AS "loanId", m.terms_version AS version,
  m.entered_on AS day, l.principal, l.disbursed_on < l.born_on AS "isOpening",
  coalesce((SELECT sum(i) FROM unnest(s.interest) AS i), 0)::bigint AS interest
FROM merchant_order m
JOIN loan l ON l.bucket = m.bucket AND l.loan_id = m.loan_id
JOIN schedule s ON s.bucket = m.bucket AND s.loan_id = m.loan_id AND s.version = 1
WHERE m.merchant = $1 AND m.entered_on <= $3::date AND (m.entered_on > $2::date OR EXISTS (
  SELECT FROM merchant_refund r WHERE r.bucket = m.bucket AND r.loan_id = m.loan_id
    AND r.business_date > $2::date))
ORDER BY m.entered_on, l.loan_no COLLATE "C"
