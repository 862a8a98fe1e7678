-- Loans that an earlier line of the file has (1).
CREATE TEMP TABLE rejected ON COMMIT DROP AS
SELECT s.line, 1 AS problem, NULL::text AS value
FROM stage s JOIN (
  SELECT loan_id, min(line) AS first_line FROM stage GROUP BY loan_id HAVING count(*) > 1
) AS repeated ON repeated.loan_id = s.loan_id
WHERE s.line > repeated.first_line
