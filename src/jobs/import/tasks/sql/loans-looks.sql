-- Loan numbers that only look like one of the book, or like one of an earlier line of the file:
-- they differ in width, case or invisible characters. `look` is null where it is the number.
SELECT DISTINCT ON (line) line, other AS value
FROM (
  -- A number of the book that is the look itself.
  SELECT s.line, 0 AS other_line, l.loan_no AS other
  FROM import_row s JOIN loan l ON l.bucket = s.look_bucket AND l.loan_no = s.look
  WHERE s.look IS NOT NULL
  UNION ALL
  -- A number of the book that has the same look.
  SELECT s.line, 0, k.loan_no
  FROM loan_look k JOIN import_row s ON coalesce(s.look, s.loan_no) = k.look
  JOIN loan l ON l.bucket = k.bucket AND l.loan_no = k.loan_no
  WHERE k.loan_no <> s.loan_no
  UNION ALL
  -- Earlier in the file: some number of a look that is not the number itself.
  SELECT s.line, first.line, first.loan_no
  FROM (
    SELECT DISTINCT ON (m.look) m.look, m.line, m.loan_no
    FROM (
      SELECT look, line, loan_no FROM import_row WHERE look IS NOT NULL
      UNION ALL
      SELECT s.loan_no, s.line, s.loan_no
      FROM import_row s JOIN (SELECT DISTINCT look FROM import_row WHERE look IS NOT NULL) AS odd
        ON odd.look = s.loan_no
      WHERE s.look IS NULL
    ) AS m ORDER BY m.look, m.line
  ) AS first
  JOIN import_row s ON coalesce(s.look, s.loan_no) = first.look
  WHERE s.line > first.line AND s.loan_no <> first.loan_no
) AS found
ORDER BY line, other_line, other
