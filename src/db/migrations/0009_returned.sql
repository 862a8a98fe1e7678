-- A loan that has left the book comes back when a late event or a reversal says so: counted apart.
ALTER TABLE step ADD COLUMN loans_returned bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN step.loans_returned IS
  'loans without a row of the day before that have earlier ones and one of the day';
GRANT UPDATE (loans_returned) ON step TO loanbook_batch;
