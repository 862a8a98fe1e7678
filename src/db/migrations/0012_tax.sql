-- What the income of each accounting group came to, gross, since its tax is taken out of it, and the
-- tax so far: the next night books the difference (cumulative, so that no fen drifts).
CREATE TABLE tax_total (
  business_date     date NOT NULL,
  income_account_id integer NOT NULL REFERENCES account (account_id),
  group_id          integer NOT NULL,
  gross             bigint NOT NULL,
  tax               bigint NOT NULL,
  PRIMARY KEY (business_date, income_account_id, group_id)
);
GRANT SELECT, INSERT ON tax_total TO loanbook_batch;

-- As before, and the day's tax goes with it.
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
  DELETE FROM gl_balance WHERE business_date = d;
  DELETE FROM subledger_total WHERE business_date = d;
  DELETE FROM tax_total WHERE business_date = d;
  IF dropped IS NOT NULL THEN
    INSERT INTO audit (action, subject, reason) VALUES ('eod discard', d::text, why);
  END IF;
  RETURN dropped;
END $$;
