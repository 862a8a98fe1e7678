-- Loan numbers that the book has (1) or that an earlier line of the file has (2), and parties that
-- the book does not have (4).
CREATE TEMP TABLE rejected ON COMMIT DROP AS
SELECT line, min(problem) AS problem, NULL::text AS value
FROM (
  SELECT s.line, 1 AS problem
  FROM stage s JOIN loan l ON l.bucket = s.bucket AND l.loan_no = s.loan_no
  UNION ALL
  SELECT s.line, 2
  FROM stage s JOIN (
    SELECT bucket, loan_no, min(line) AS first_line FROM stage
    GROUP BY bucket, loan_no HAVING count(*) > 1
  ) AS repeated ON repeated.bucket = s.bucket AND repeated.loan_no = s.loan_no
  WHERE s.line > repeated.first_line
  UNION ALL
  SELECT s.line, 4 FROM stage s
  WHERE s.party IS NOT NULL AND NOT EXISTS (SELECT FROM party_key k WHERE k.party_no = s.party)
) AS found
GROUP BY line
