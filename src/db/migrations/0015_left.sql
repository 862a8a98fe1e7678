-- When a loan left the book, and the last day that has a row of it: an event that comes later finds
-- that row without a look into every day that is kept. Loans that left before this have no row.
CREATE TABLE left_loan (
  bucket  smallint NOT NULL,
  loan_id bigint NOT NULL,
  left_on date NOT NULL,
  last_on date NOT NULL,
  PRIMARY KEY (bucket, loan_id, left_on),
  CHECK (last_on < left_on)
);
COMMENT ON COLUMN left_loan.left_on IS 'the day whose close gave it no row any more';
CREATE INDEX left_loan_of_day ON left_loan (left_on);
GRANT SELECT, INSERT ON left_loan TO loanbook_batch;

-- As before, and who left on the day did not.
CREATE OR REPLACE FUNCTION discard_day(d date, why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  parent text;
  dropped integer;
BEGIN
  IF why = '' THEN
    RAISE EXCEPTION 'a discarded day needs a reason' USING ERRCODE = 'LB004';
  END IF;
  PERFORM 1 FROM book WHERE business_date = d FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'day % is not the open day', d USING ERRCODE = 'LB001';
  END IF;
  PERFORM 1 FROM run WHERE job = 'eod' AND business_date = d AND status = 'open'
    AND lease_until > clock_timestamp() FOR UPDATE;
  IF FOUND THEN
    RAISE EXCEPTION 'day % is being closed', d USING ERRCODE = 'LB005';
  END IF;
  UPDATE run SET status = 'discarded', finished_at = clock_timestamp(), token = NULL
    WHERE job = 'eod' AND business_date = d AND status = 'open' RETURNING run_id INTO dropped;
  FOREACH parent IN ARRAY ARRAY['position', 'allocation', 'event_outcome', 'journal_line'] LOOP
    EXECUTE format('DROP TABLE IF EXISTS %I', day_table(parent, d));
  END LOOP;
  DELETE FROM schedule WHERE effective_on = d AND version > 1;
  DELETE FROM held_loan WHERE business_date = d;
  DELETE FROM left_loan WHERE left_on = d;
  DELETE FROM gl_balance WHERE business_date = d;
  DELETE FROM subledger_total WHERE business_date = d;
  DELETE FROM tax_total WHERE business_date = d;
  IF dropped IS NOT NULL THEN
    INSERT INTO audit (action, subject, reason) VALUES ('eod discard', d::text, why);
  END IF;
  RETURN dropped;
END $$;
