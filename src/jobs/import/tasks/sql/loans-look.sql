-- A loan that was taken out of the book again may have left its look.
INSERT INTO loan_look (bucket, loan_no, look)
SELECT s.bucket, s.loan_no, s.look FROM import_row s
WHERE s.look IS NOT NULL AND NOT EXISTS (
  SELECT FROM loan_look k WHERE k.look = s.look AND k.loan_no = s.loan_no)
