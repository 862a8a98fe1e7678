-- Loans that are not compared: there twice, or in a line that nobody could read.
CREATE TEMP TABLE apart ON COMMIT DROP AS
SELECT loan_no, count(*) AS times, min(line) AS line, bool_and(readable) AS readable
FROM their_loan WHERE loan_no <> '' GROUP BY loan_no HAVING count(*) > 1 OR NOT bool_and(readable)
