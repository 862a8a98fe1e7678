-- A loan that is not in the book (1), a value date before its disbursement (2), a reference that
-- the loan has in the book (3) or in an earlier line of the file (4), a rate that is no safe integer
-- of billionths a year (5).
CREATE TEMP TABLE rejected ON COMMIT DROP AS
SELECT line, min(problem) AS problem, NULL::text AS value
FROM (
  SELECT s.line, CASE WHEN l.loan_id IS NULL THEN 1
    WHEN s.value_date < l.disbursed_on THEN 2 WHEN e.event_id IS NOT NULL THEN 3
    WHEN s.rate_ppb > 9007199254740991 / u.units_a_year THEN 5 END AS problem
  FROM stage s
  LEFT JOIN loan l ON l.bucket = s.bucket AND l.loan_no = s.loan_no
  LEFT JOIN rate_unit u ON u.product_id = l.product_id
  LEFT JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id AND e.ref = s.ref
  UNION ALL
  SELECT s.line, 4
  FROM stage s JOIN (
    SELECT loan_no, ref, min(line) AS first_line FROM stage
    GROUP BY loan_no, ref HAVING count(*) > 1
  ) AS repeated ON repeated.loan_no = s.loan_no AND repeated.ref = s.ref
  WHERE s.line > repeated.first_line
) AS found
WHERE problem IS NOT NULL
GROUP BY line
