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

-- Refuses a run whose steps do not cover the whole book, or are not what they were committed with.
CREATE OR REPLACE FUNCTION require_whole_run(d date, of_run integer) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  missing text;
  content bytea;
BEGIN
  SELECT wanted INTO missing
  FROM unnest(ARRAY['fold', 'post', 'tidy', 'check', 'seal']) WITH ORDINALITY AS w (wanted, place)
  WHERE NOT EXISTS (SELECT FROM step WHERE run_id = of_run AND phase = wanted)
     OR (wanted <> 'seal' AND EXISTS (SELECT FROM step WHERE run_id = of_run AND phase = wanted
       AND (status <> 'done' OR ended_at IS NULL)))
  ORDER BY place LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'run % has unfinished steps: %', of_run, missing USING ERRCODE = 'LB003';
  END IF;
  -- Every bucket is in one task, and in one only.
  PERFORM 1 FROM (
    SELECT bucket_from, bucket_to, lag(bucket_to, 1, -1::smallint) OVER (ORDER BY task) AS before,
      lead(bucket_from, 1, 1024::smallint) OVER (ORDER BY task) AS next
    FROM step WHERE run_id = of_run AND phase = 'fold') AS t
  WHERE bucket_from <> before + 1 OR next <> bucket_to + 1;
  IF FOUND THEN
    RAISE EXCEPTION 'the tasks of run % leave buckets out', of_run USING ERRCODE = 'LB003';
  END IF;
  PERFORM 1 FROM step WHERE run_id = of_run AND phase IN ('fold', 'post')
    AND (octet_length(table_hashes) = CASE phase WHEN 'fold' THEN 160 ELSE 128 END
      AND hash = sha256(table_hashes)) IS NOT TRUE;
  IF FOUND THEN
    RAISE EXCEPTION 'run % has a step without its hashes', of_run USING ERRCODE = 'LB003';
  END IF;
  -- The columns that the hashes read are all columns that there are.
  PERFORM 1 FROM run CROSS JOIN unnest(ARRAY['position', 'allocation', 'event_outcome',
      'journal_line', 'schedule', 'event']) AS name
    WHERE run_id = of_run
      AND (hashed_columns -> name @> to_jsonb(proven_columns(name, '{}'))) IS NOT TRUE;
  IF FOUND THEN
    RAISE EXCEPTION 'run % hashes not every column', of_run USING ERRCODE = 'LB003';
  END IF;
  SELECT sha256(string_agg(hash, NULL ORDER BY phase, task)) INTO content
    FROM step WHERE run_id = of_run AND phase IN ('fold', 'post');
  RETURN content;
END $$;

-- Refuses a day whose sums do not follow from the day before and from what its tasks counted. All of
-- it is read from sums, but for the events of the day, which are counted.
CREATE OR REPLACE FUNCTION require_tied_day(d date, of_run integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  wrong text;
BEGIN
  WITH steps AS (
    SELECT sum(rows_read) AS read, sum(rows_written) AS written, sum(loans_born) AS born,
      sum(loans_returned) AS returned, sum(loans_closed) AS closed, sum(loans_held) AS held,
      sum(events) AS events
    FROM step WHERE run_id = of_run AND phase = 'fold'
  ), compared AS (
    SELECT 'loans of the day before' AS place, read AS said,
      (SELECT coalesce(sum(loans), 0) FROM subledger_total WHERE business_date = d - 1) AS there
    FROM steps
    UNION ALL SELECT 'loans', written,
      (SELECT coalesce(sum(loans), 0) FROM subledger_total WHERE business_date = d) FROM steps
    UNION ALL SELECT 'loans that follow', written, read + born + returned - closed FROM steps
    UNION ALL SELECT 'held loans', held,
      (SELECT count(*) FROM held_loan WHERE business_date = d) FROM steps
    UNION ALL SELECT 'loans that left', closed,
      (SELECT count(*) FROM left_loan WHERE left_on = d) FROM steps
    UNION ALL SELECT 'events', events,
      (SELECT count(*) FROM event WHERE business_date = d) FROM steps
    UNION ALL SELECT 'debits', sum(debit), sum(credit) FROM gl_balance WHERE business_date = d
    UNION ALL SELECT 'balances', coalesce(sum(balance) FILTER (WHERE business_date = d), 0),
      coalesce(sum(balance) FILTER (WHERE business_date = d - 1), 0)
        + coalesce(sum(debit - credit) FILTER (WHERE business_date = d), 0)
    FROM gl_balance WHERE business_date IN (d, d - 1) GROUP BY account_id, group_id
    UNION ALL SELECT 'account ' || max(code), sum(balance), sum(measured)
    FROM (SELECT a.code, b.group_id, b.balance, 0 AS measured
      FROM gl_balance b JOIN account a USING (account_id)
      WHERE b.business_date = d AND a.subledger IS NOT NULL
      UNION ALL SELECT a.code, m.group_id, 0,
        CASE WHEN a.normal_side = 'debit' THEN m.amount ELSE 0 - m.amount END
      FROM subledger_measured(d) m JOIN account a ON a.subledger = m.measure) AS accounts
    GROUP BY code, group_id
  )
  SELECT format('%s: %s said, %s there', place, said, there) INTO wrong
  FROM compared WHERE said <> there LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'day % does not tie: %', d, wrong USING ERRCODE = 'LB006';
  END IF;
END $$;

-- Refuses to build on a day whose place in the chain does not follow any more.
CREATE OR REPLACE FUNCTION require_intact_seal(d date) RETURNS sealed_day
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  sealed sealed_day;
  content bytea;
  before sealed_day;
BEGIN
  SELECT * INTO sealed FROM sealed_day WHERE business_date = d;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'day % is missing in the chain', d USING ERRCODE = 'LB008';
  END IF;
  SELECT sha256(string_agg(hash, NULL ORDER BY phase, task)) INTO content
    FROM step WHERE run_id = sealed.run_id AND phase IN ('fold', 'post');
  SELECT * INTO before FROM sealed_day WHERE business_date = d - 1;
  IF content IS DISTINCT FROM sealed.content_hash
    OR sealed.chain_hash <> sha256(coalesce(before.chain_hash, '') || content)
    OR sealed.inputs_hash <> inputs_hash(d)
    OR sealed.proof_hash <> proof_link(before.proof_hash, sealed.chain_hash, sealed.inputs_hash,
      sealed.run_id, sealed.sealed_at)
  THEN
    RAISE EXCEPTION 'the seal of day % does not hold', d USING ERRCODE = 'LB008';
  END IF;
  RETURN sealed;
END $$;

CREATE OR REPLACE FUNCTION seal_day(d date, of_run integer, holder_token uuid, content bytea) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  parent text;
  before sealed_day;
  chained bytea;
  inputs bytea;
  first_on date;
  now_sealed timestamptz := now();
BEGIN
  SELECT first_business_date INTO first_on FROM book WHERE business_date = d FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'day % is not the open day', d USING ERRCODE = 'LB001';
  END IF;
  PERFORM 1 FROM run WHERE run_id = of_run AND job = 'eod' AND status = 'open'
    AND business_date = d AND token = holder_token FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'run % no longer belongs to this process', of_run USING ERRCODE = 'LB002';
  END IF;
  IF require_whole_run(d, of_run) IS DISTINCT FROM content THEN
    RAISE EXCEPTION 'the content of day % is not that of its tasks', d USING ERRCODE = 'LB006';
  END IF;
  PERFORM require_tied_day(d, of_run);
  IF d > first_on THEN
    before := require_intact_seal(d - 1);
  END IF;
  FOREACH parent IN ARRAY ARRAY['position', 'allocation', 'event_outcome', 'journal_line'] LOOP
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES IN (%L)',
      parent, day_table(parent, d), d);
    EXECUTE format('REVOKE INSERT ON %I FROM loanbook_batch', day_table(parent, d));
  END LOOP;
  UPDATE step SET status = 'done', ended_at = clock_timestamp(), hash = content
    WHERE run_id = of_run AND phase = 'seal';
  UPDATE run SET status = 'done', finished_at = clock_timestamp(), lease_until = NULL
    WHERE run_id = of_run;
  DELETE FROM run_session WHERE run_id = of_run;
  -- Here, and not behind it: what is sealed says how it ended.
  UPDATE execution SET ended_at = clock_timestamp(), message = '',
      outcome = CASE WHEN attempt = (SELECT max(attempt) FROM execution WHERE run_id = of_run)
        THEN 'done' ELSE 'lost' END
    WHERE run_id = of_run AND ended_at IS NULL;
  chained := sha256(coalesce(before.chain_hash, '') || content);
  PERFORM write_audit('eod seal', d::text, '', NULL, jsonb_build_object('run', of_run,
    'contentHash', encode(content, 'hex'), 'chainHash', encode(chained, 'hex')));
  -- Customers that came in on the day, and rows that changed by right: what is hashed here is chained
  -- with the rest.
  PERFORM close_digests();
  PERFORM digest_rows(name, d) FROM unnest(ARRAY['party_key', 'party', 'loan_party',
    'merchant_order']) AS name;
  inputs := chain_inputs(d);
  INSERT INTO sealed_day (business_date, run_id, content_hash, chain_hash, sealed_at, inputs_hash,
      proof_hash)
    VALUES (d, of_run, content, chained, now_sealed, inputs,
      proof_link(before.proof_hash, chained, inputs, of_run, now_sealed));
  UPDATE book SET business_date = d + 1;
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
    PERFORM write_audit('eod discard', d::text, why, jsonb_build_object('run', dropped));
  END IF;
  RETURN dropped;
END $$;

REVOKE ALL ON FUNCTION require_whole_run(date, integer),
  require_tied_day(date, integer), require_intact_seal(date) FROM PUBLIC;
