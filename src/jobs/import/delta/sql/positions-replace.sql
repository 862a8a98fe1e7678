-- $1 = the import.
SELECT replace_positions($1, ids) FROM (
  SELECT array_agg(o.loan_id ORDER BY o.loan_id) AS ids
  FROM stage s JOIN opening_position o ON o.bucket = s.bucket AND o.loan_id = s.loan_id
) AS replaced WHERE ids IS NOT NULL
