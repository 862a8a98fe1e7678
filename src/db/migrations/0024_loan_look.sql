-- Loan numbers that look like others: what is left of a number once width, case and invisible
-- characters are taken away. Only numbers that differ from what is left have a row: a number that
-- is in its plain form already is found in `loan` itself.
CREATE TABLE loan_look (
  bucket  smallint NOT NULL,
  loan_no text NOT NULL,
  look    text COLLATE "C"
);
CREATE INDEX loan_look_look ON loan_look (look);
COMMENT ON COLUMN loan_look.look IS
  'null: the loan is older than this table; the next import of loans works it out';

-- Printable ASCII without small letters is plain; everything else is looked at by the next import.
INSERT INTO loan_look (bucket, loan_no)
SELECT bucket, loan_no FROM loan WHERE loan_no COLLATE "C" !~ '^[!-`{-~]+$';

GRANT SELECT, INSERT, UPDATE (look) ON loan_look TO loanbook_batch;
