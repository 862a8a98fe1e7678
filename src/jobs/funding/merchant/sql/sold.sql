-- What the merchant $1 had sold through the business date $2, by the version of its document.
SELECT m.terms_version AS version, sum(l.principal)::bigint AS gross
FROM merchant_order m JOIN loan l ON l.bucket = m.bucket AND l.loan_id = m.loan_id
WHERE m.merchant = $1 AND m.entered_on <= $2::date AND l.disbursed_on >= l.born_on
GROUP BY m.terms_version ORDER BY 1
