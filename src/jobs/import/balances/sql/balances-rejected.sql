-- Loans that an earlier line of the file has (1). By bucket too: the server's hash of a bigint folds
-- its halves together, so numbers made of bucket and ordinal have but a thousand hashes, and those of
-- one hash are looked through one by one.
CREATE TEMP TABLE rejected ON COMMIT DROP AS
SELECT s.line, 1 AS problem, NULL::text AS value
FROM stage s JOIN (
  SELECT bucket, loan_id, min(line) AS first_line FROM stage
  GROUP BY bucket, loan_id HAVING count(*) > 1
) AS repeated ON repeated.bucket = s.bucket AND repeated.loan_id = s.loan_id
WHERE s.line > repeated.first_line
