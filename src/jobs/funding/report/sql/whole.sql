-- What was lent and paid in the whole book by a day, whoever had it: $1 = the day. A loan that came
-- with its position is lent what it had then; one that was written off before has nothing.
SELECT lent.funded, paid.principal AS "paidPrincipal", paid.interest AS "paidInterest"
FROM (
  SELECT coalesce(sum(CASE
      WHEN o.loan_id IS NULL THEN l.principal
      WHEN o.written_off THEN 0
      ELSE o.principal_not_due + (SELECT coalesce(sum(each), 0) FROM unnest(o.principal) AS each)
    END), 0) AS funded
  FROM loan l LEFT JOIN opening_position o ON o.bucket = l.bucket AND o.loan_id = l.loan_id
  WHERE l.born_on <= $1
) AS lent, (
  SELECT coalesce(sum(amount) FILTER (WHERE component = component_principal()), 0) AS principal,
    coalesce(sum(amount) FILTER (WHERE component <> component_principal()), 0) AS interest
  FROM allocation
  WHERE business_date <= $1 AND component BETWEEN component_principal() AND component_fee()
    AND kind IN (line_paid(), line_recovered(), line_refunded(), line_returned())
) AS paid
