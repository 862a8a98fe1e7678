-- $1 = lines. One statement, so that the rows of a loan go together.
WITH gone AS (
  DELETE FROM import_row WHERE line = ANY ($1) RETURNING bucket, loan_id
)
DELETE FROM import_schedule s USING gone g WHERE s.bucket = g.bucket AND s.loan_id = g.loan_id
