-- A delta after the first load: a loan that no close has folded, or its position, takes the place of
-- the one that an earlier import brought. What left with it is kept by number and sum, so that the
-- record of every import still holds against the rows that name it.
ALTER TABLE imported_file
  ADD COLUMN rows_replaced  bigint CHECK (rows_replaced >= 0),
  ADD COLUMN rows_unchanged bigint CHECK (rows_unchanged >= 0),
  ADD CHECK ((rows_replaced IS NULL) = (rows_unchanged IS NULL));
COMMENT ON COLUMN imported_file.rows_replaced IS
  'of the rows taken, those that took the place of earlier ones; null: no delta';
COMMENT ON COLUMN imported_file.rows_unchanged IS
  'rows that the book had just so, which were left as they are; null: no delta';

CREATE TABLE replaced_import (
  import_id  integer NOT NULL,
  of_import  integer NOT NULL,
  rows       bigint NOT NULL CHECK (rows > 0),
  amount     numeric(38) NOT NULL,
  chained_on date,
  PRIMARY KEY (import_id, of_import)
);
COMMENT ON TABLE replaced_import IS
  'rows of an earlier import that left the book when a delta replaced their loan or position';
COMMENT ON COLUMN replaced_import.amount IS 'their sum in the control total of the earlier import';
CREATE INDEX replaced_import_of ON replaced_import (of_import);
CREATE INDEX replaced_import_chained ON replaced_import (chained_on);
-- Each loan of a delta is asked for.
CREATE INDEX recon_break_loan ON recon_break (loan_id);
INSERT INTO chained_table (table_name) VALUES ('replaced_import');
GRANT SELECT ON replaced_import TO loanbook_batch;
