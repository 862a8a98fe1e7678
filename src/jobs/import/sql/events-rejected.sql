-- A loan that is not in the book (1), a value date before its disbursement (2), a reference that
-- the loan has in the book (3) or in an earlier line of the file (4), a rate that is no safe integer
-- of billionths a year (5), a fee (type 7) above its share of the principal (10), an amount by which
-- those of its loan are no safe integer together (11): the close could not keep their sum. Asked only
-- of rows of more than 10^11 minor units; 90,000 smaller ones would be needed.
CREATE TEMP TABLE rejected ON COMMIT DROP AS
SELECT line, min(problem) AS problem, NULL::text AS value
FROM (
  SELECT s.line, CASE WHEN l.loan_id IS NULL THEN 1
    WHEN s.value_date < l.disbursed_on THEN 2 WHEN e.event_id IS NOT NULL THEN 3
    WHEN s.rate_ppb > 9007199254740991 / u.units_a_year THEN 5
    WHEN s.type = event_type_fee()
      AND s.amount::numeric * 1000000000 > f.ppb::numeric * l.principal THEN 10 END AS problem
  FROM stage s
  LEFT JOIN loan l ON l.bucket = s.bucket AND l.loan_no = s.loan_no
  LEFT JOIN rate_unit u ON u.product_id = l.product_id
  LEFT JOIN fee_share f ON s.business_date >= f.from_on AND s.business_date < f.until_on
  LEFT JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id AND e.ref = s.ref
  UNION ALL
  SELECT s.line, 4
  FROM stage s JOIN (
    SELECT loan_no, ref, min(line) AS first_line FROM stage
    GROUP BY loan_no, ref HAVING count(*) > 1
  ) AS repeated ON repeated.loan_no = s.loan_no AND repeated.ref = s.ref
  WHERE s.line > repeated.first_line
  UNION ALL
  SELECT line, 11 FROM (
    SELECT s.line, s.amount > 100000000000 AS is_large, l.principal + coalesce(e.amount, 0)
        + sum(s.amount) OVER (PARTITION BY s.bucket, s.loan_no ORDER BY s.line) AS amount
    FROM (SELECT DISTINCT bucket, loan_no FROM stage WHERE amount > 100000000000) AS large
    JOIN stage s ON s.bucket = large.bucket AND s.loan_no = large.loan_no
    JOIN loan l ON l.bucket = s.bucket AND l.loan_no = s.loan_no
    CROSS JOIN LATERAL (SELECT sum(e.amount) AS amount FROM event e
      WHERE e.bucket = l.bucket AND e.loan_id = l.loan_id AND NOT is_birth(e.type)
        AND NOT EXISTS (SELECT FROM event r WHERE r.bucket = e.bucket AND r.loan_id = e.loan_id
          AND r.of_event_id = e.event_id)) AS e
  ) AS summed WHERE is_large AND amount > 9007199254740991
) AS found
WHERE problem IS NOT NULL
GROUP BY line
