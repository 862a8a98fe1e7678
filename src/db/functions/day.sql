-- A day's tables stand alone (LIKE + CHECK) while its run is open, and become partitions in the
-- transaction that seals the day: nobody ever sees half a day. Only these owner functions create,
-- attach or drop them; the batch role may only call them.

CREATE OR REPLACE FUNCTION day_table(parent text, d date) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT parent || '_' || to_char(d, 'YYYYMMDD') $$;

CREATE OR REPLACE FUNCTION open_day(d date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  parent text;
  child text;
  open_on date;
BEGIN
  SELECT business_date INTO STRICT open_on FROM book;
  IF open_on <> d THEN
    RAISE EXCEPTION 'day % is not the open day %', d, open_on USING ERRCODE = 'LB001';
  END IF;
  FOREACH parent IN ARRAY ARRAY['position', 'allocation', 'event_outcome', 'journal_line'] LOOP
    child := day_table(parent, d);
    IF to_regclass(quote_ident(child)) IS NULL THEN
      EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING STORAGE,
        CONSTRAINT %I CHECK (business_date = %L))
        WITH (autovacuum_enabled = off, toast.autovacuum_enabled = off)',
        child, parent, child || '_day', d);
      EXECUTE format('GRANT SELECT, INSERT ON %I TO loanbook_batch', child);
    END IF;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION index_day(d date) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = loanbook, pg_temp SET maintenance_work_mem = '256MB' AS $$
BEGIN
  EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS %I ON %I (bucket, loan_id)',
    day_table('position_key', d), day_table('position', d));
  EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS %I ON %I (bucket, loan_id, ordinal)',
    day_table('allocation_key', d), day_table('allocation', d));
  EXECUTE format('CREATE UNIQUE INDEX IF NOT EXISTS %I ON %I (bucket, loan_id, event_id)',
    day_table('event_outcome_key', d), day_table('event_outcome', d));
  EXECUTE format('CREATE INDEX IF NOT EXISTS %I ON %I (bucket, loan_id)',
    day_table('journal_line_loan', d), day_table('journal_line', d));
END $$;

CREATE OR REPLACE FUNCTION seal_day(d date, of_run integer, holder_token uuid, content bytea) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  parent text;
  before bytea;
  chained bytea;
BEGIN
  PERFORM 1 FROM book WHERE business_date = d FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'day % is not the open day', d USING ERRCODE = 'LB001';
  END IF;
  PERFORM 1 FROM run WHERE run_id = of_run AND status = 'open' AND business_date = d
    AND token = holder_token FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'run % no longer belongs to this process', of_run USING ERRCODE = 'LB002';
  END IF;
  PERFORM 1 FROM step WHERE run_id = of_run AND phase <> 'seal' AND status <> 'done';
  IF FOUND THEN
    RAISE EXCEPTION 'run % has unfinished steps', of_run USING ERRCODE = 'LB003';
  END IF;
  FOREACH parent IN ARRAY ARRAY['position', 'allocation', 'event_outcome', 'journal_line'] LOOP
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)',
      parent, day_table(parent, d), d);
    EXECUTE format('REVOKE INSERT ON %I FROM loanbook_batch', day_table(parent, d));
  END LOOP;
  SELECT chain_hash INTO before FROM sealed_day WHERE business_date = d - 1;
  chained := sha256(coalesce(before, ''::bytea) || content);
  INSERT INTO sealed_day (business_date, run_id, content_hash, chain_hash)
    VALUES (d, of_run, content, chained);
  UPDATE book SET business_date = d + 1;
  UPDATE step SET status = 'done', ended_at = clock_timestamp(), hash = content
    WHERE run_id = of_run AND phase = 'seal';
  UPDATE run SET status = 'done', finished_at = clock_timestamp(), lease_until = NULL
    WHERE run_id = of_run;
  DELETE FROM run_session WHERE run_id = of_run;
  RETURN chained;
END $$;

-- What a day owns beside its tables is in owned_by_day.
CREATE OR REPLACE FUNCTION discard_day(d date, why text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  parent text;
  owned record;
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
  FOR owned IN SELECT * FROM owned_by_day ORDER BY place LOOP
    EXECUTE format('DELETE FROM %I WHERE %s', owned.table_name, owned.of_day) USING d;
  END LOOP;
  IF dropped IS NOT NULL THEN
    DELETE FROM run_session WHERE run_id = dropped;
    INSERT INTO audit (action, subject, reason) VALUES ('eod discard', d::text, why);
  END IF;
  RETURN dropped;
END $$;
