-- $1 = the import.
SELECT replace_loans($1, ids) FROM (
  SELECT array_agg(l.loan_id ORDER BY l.loan_id) AS ids
  FROM import_row s JOIN loan l ON l.bucket = s.bucket AND l.loan_id = s.loan_id
) AS replaced WHERE ids IS NOT NULL
