-- The business day into which a statement was posted: what had happened by the close of a past day
-- can be told from it. One that was only matched has none.
ALTER TABLE statement ADD COLUMN posted_on date;
UPDATE statement SET posted_on = taken_on WHERE state = 'posted';
COMMENT ON COLUMN statement.posted_on IS 'the open day into which its entries went; null: none did';
GRANT UPDATE (posted_on) ON statement TO loanbook_batch;
