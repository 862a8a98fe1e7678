-- Where a file of loans is laid out before it enters the book, for the batch role makes no tables of
-- its own. A small file gets temporary tables of its transaction. A large one gets tables that stay:
-- worker threads commit their tasks into them, and an import that was killed goes on with what is
-- there. There is one set of them, in the hands of whoever holds the lock of imports.
--
-- Into a book without loans these tables are not copied: indexed like the book's own, they take the
-- place of them in the transaction that ends the import. Balances and events are then written by
-- the tasks, with the numbers that the import is going to have: the lock of imports keeps them free.

-- The text of an index or a table with another name.
CREATE OR REPLACE FUNCTION staged_name(name text) RETURNS text
LANGUAGE sql IMMUTABLE AS $$ SELECT 'import_' || name $$;

CREATE OR REPLACE FUNCTION drop_import_tables() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = loanbook, pg_temp SET client_min_messages = warning AS $$
BEGIN
  DROP TABLE IF EXISTS import_stage, import_task, import_row, import_reject, import_loan,
    import_schedule, import_schedule_balance, import_event;
END $$;

-- Takes away what an import of this key left; another one's stays.
CREATE OR REPLACE FUNCTION drop_import_stage(of_key text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  IF to_regclass('import_stage') IS NOT NULL THEN
    PERFORM 1 FROM import_stage WHERE key = of_key;
    IF FOUND THEN
      PERFORM drop_import_tables();
    END IF;
  END IF;
END $$;

CREATE OR REPLACE FUNCTION make_import_tables(is_temporary boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  kind text := CASE WHEN is_temporary THEN 'TEMP' ELSE '' END;
  ending text := CASE WHEN is_temporary THEN 'ON COMMIT DROP'
    ELSE 'WITH (autovacuum_enabled = off)' END;
BEGIN
  -- Loans as checked row by row. `look`: what the number looks like, and its bucket; null: the
  -- number itself. `party`: who it is with, where the file says it. `plan_id`: 0 for no plan.
  -- `merchant`: whom it was paid to, and the version of its document. `due_fee` and `brought`: of a
  -- schedule of the loan's own.
  EXECUTE format('CREATE %s TABLE import_row (
    line integer NOT NULL, bucket smallint NOT NULL, loan_id bigint NOT NULL,
    loan_no text COLLATE "C" NOT NULL, look text COLLATE "C", look_bucket smallint,
    product_id integer NOT NULL, org text NOT NULL, principal bigint NOT NULL,
    rate text NOT NULL, rate_ppb bigint NOT NULL, periods smallint NOT NULL,
    disbursed_on date NOT NULL, first_due_on date, paid_periods smallint NOT NULL,
    born_on date NOT NULL, party text COLLATE "C",
    plan_id integer NOT NULL, merchant text COLLATE "C", merchant_version integer,
    due_fee bigint[] NOT NULL, brought boolean NOT NULL) %s', kind, ending);
  EXECUTE format('CREATE %s TABLE import_schedule (LIKE schedule INCLUDING DEFAULTS
    INCLUDING CONSTRAINTS INCLUDING STORAGE INCLUDING COMMENTS) %s', kind, ending);
  -- `row_line` 0: the row is in no file; `reject` is JSON, since a value may hold what text cannot.
  EXECUTE format('CREATE %s TABLE import_reject (row_line integer NOT NULL, place bigint NOT NULL,
    reject bytea NOT NULL) %s', kind, ending);
  EXECUTE format('CREATE %s TABLE import_task (task integer PRIMARY KEY, rows bigint NOT NULL,
    rejected bigint NOT NULL, enters_open_day boolean NOT NULL, looks bigint NOT NULL,
    bucket_from smallint NOT NULL, ordinals bigint[] NOT NULL) %s',
    kind, ending);
  EXECUTE format('GRANT SELECT, INSERT, DELETE ON %1$s.import_row, %1$s.import_schedule,
    %1$s.import_reject, %1$s.import_task TO loanbook_batch',
    CASE WHEN is_temporary THEN 'pg_temp' ELSE 'loanbook' END);
END $$;

DROP FUNCTION IF EXISTS open_import_stage(integer, uuid, text);

-- Tables that stay, for an import of this key; returns whether those of a try before are gone on
-- with. What a try with another key left behind is dropped. `has_births`: the tasks write balances
-- and events as well.
CREATE OR REPLACE FUNCTION open_import_stage(of_run integer, holder_token uuid, of_key text,
  has_births boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  is_same boolean := false;
  name text;
BEGIN
  PERFORM 1 FROM run WHERE run_id = of_run AND token = holder_token AND status = 'open'
    FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'run % no longer belongs to this process', of_run USING ERRCODE = 'LB002';
  END IF;
  IF to_regclass('import_stage') IS NOT NULL THEN
    SELECT key = of_key INTO is_same FROM import_stage;
  END IF;
  IF is_same THEN
    DROP TABLE IF EXISTS import_loan;
    RETURN true;
  END IF;
  PERFORM drop_import_tables();
  PERFORM make_import_tables(false);
  IF has_births THEN
    FOREACH name IN ARRAY ARRAY['schedule_balance', 'event'] LOOP
      PERFORM make_table_like(name);
      EXECUTE format('GRANT SELECT, INSERT, DELETE ON %I TO loanbook_batch', staged_name(name));
    END LOOP;
  END IF;
  CREATE TABLE import_stage AS SELECT of_key AS key;
  GRANT SELECT ON import_stage TO loanbook_batch;
  RETURN false;
END $$;

CREATE OR REPLACE FUNCTION make_table_like(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING DEFAULTS INCLUDING CONSTRAINTS
    INCLUDING STORAGE INCLUDING COMMENTS) WITH (autovacuum_enabled = off)',
    staged_name(name), name);
END $$;

-- Whether the book is without loans, so that the tables of an import may become its own. Those of
-- a distributed server may not.
CREATE OR REPLACE FUNCTION import_may_take_place() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT NOT EXISTS (SELECT FROM loan) AND NOT EXISTS (SELECT FROM schedule)
    AND NOT EXISTS (SELECT FROM schedule_balance) AND NOT EXISTS (SELECT FROM event)
    AND NOT EXISTS (SELECT FROM pg_extension WHERE extname = 'citus')
$$;

-- The numbers that an import under the lock of imports is going to have: its own, and its first
-- event's; null for a book whose tables those of an import may not take the place of.
CREATE OR REPLACE FUNCTION numbers_to_come(OUT import_id integer, OUT first_event bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT (SELECT coalesce(max(f.import_id), 0) + 1 FROM imported_file f),
    (SELECT last_value + is_called::int FROM event_arrival)
  WHERE import_may_take_place()
$$;

-- Gives import_<name> the indexes and keys of <name>, which must hold no rows that need them.
CREATE OR REPLACE FUNCTION index_like(name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = loanbook, pg_temp SET maintenance_work_mem = '128MB' AS $$
DECLARE
  each record;
BEGIN
  FOR each IN
    SELECT i.relname AS index, pg_get_indexdef(x.indexrelid) AS text, c.conname, c.contype
    FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
    LEFT JOIN pg_constraint c ON c.conindid = x.indexrelid AND c.contype IN ('p', 'u')
    WHERE x.indrelid = name::regclass ORDER BY i.relname COLLATE "C"
  LOOP
    CONTINUE WHEN to_regclass(quote_ident(staged_name(each.index))) IS NOT NULL;
    EXECUTE regexp_replace(each.text, 'INDEX \S+ ON \S+',
      format('INDEX %I ON %I', staged_name(each.index), staged_name(name)));
    CONTINUE WHEN each.conname IS NULL;
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I %s USING INDEX %I', staged_name(name),
      staged_name(each.conname),
      CASE each.contype WHEN 'p' THEN 'PRIMARY KEY' ELSE 'UNIQUE' END, staged_name(each.index));
  END LOOP;
END $$;

-- Makes import_<name> whole, with indexes and statistics; what the tasks wrote of it is there. Each
-- of them has written its buckets in order of loans: sorted any further, nothing reads it quicker.
-- `group_ids`, `products`, `orgs`, `plans`: of each accounting group; 0: no plan. The events of the rows are numbered from
-- `first_event` on, the fees agreed with schedules behind them.
DROP FUNCTION IF EXISTS build_import_table(text, integer, integer[], integer[], text[], bigint,
  integer);
CREATE OR REPLACE FUNCTION build_import_table(name text, of_import integer, group_ids integer[],
  products integer[], orgs text[], plans integer[], first_event bigint, last_line integer)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = loanbook, pg_temp SET work_mem = '192MB' AS $$
BEGIN
  IF name = 'loan' THEN
    PERFORM make_table_like(name);
    INSERT INTO import_loan (bucket, loan_id, loan_no, group_id, product_id, org, principal, rate,
      rate_ppb, periods, disbursed_on, first_due_on, paid_periods, born_on, import_id)
    SELECT s.bucket, s.loan_id, s.loan_no, g.group_id, s.product_id, s.org, s.principal, s.rate,
      s.rate_ppb, s.periods, s.disbursed_on, s.first_due_on, s.paid_periods, s.born_on, of_import
    FROM import_row s JOIN unnest(group_ids, products, orgs, plans)
      AS g (group_id, product_id, org, plan_id)
      ON g.product_id = s.product_id AND g.org = s.org AND g.plan_id = s.plan_id;
  ELSIF name = 'event' THEN
    -- A try that was killed behind it has built the table already.
    PERFORM 1 FROM import_event WHERE type = event_type_fee() LIMIT 1;
    IF NOT FOUND THEN
      INSERT INTO import_event (bucket, loan_id, event_id, type, ref, value_date, business_date,
        amount, import_id, component, seq)
      SELECT bucket, loan_id, first_event + last_line + place - 1, event_type_fee(),
        'schedule-fee-' || seq, born_on, born_on, amount, of_import, component_fee(), seq
      FROM agreed_fees();
    END IF;
  END IF;
  PERFORM index_like(name);
  -- Nobody looks for a loan by what stands in the arrays of its schedule, and a sample of them is
  -- the longest to sort.
  EXECUTE format('ANALYZE %I %s', staged_name(name),
    CASE WHEN name IN ('schedule', 'schedule_balance') THEN '(bucket, loan_id, version)' ELSE '' END);
END $$;

-- How a loan comes in: disbursed on the day it is born in the book, or opened behind it.
CREATE OR REPLACE FUNCTION birth_type(born_on date, disbursed_on date) RETURNS smallint
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN born_on = disbursed_on THEN event_type_disbursement()
    ELSE event_type_opening() END
$$;
CREATE OR REPLACE FUNCTION birth_ref(born_on date, disbursed_on date) RETURNS text
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN born_on = disbursed_on THEN 'disbursement' ELSE 'opening' END
$$;

-- The fees of the loans' own schedules, but for those of instalments paid before the book; numbered
-- from 1 in order of loans.
CREATE OR REPLACE FUNCTION agreed_fees()
RETURNS TABLE (place bigint, bucket smallint, loan_id bigint, born_on date, seq smallint,
  amount bigint)
LANGUAGE plpgsql STABLE AS $$
BEGIN
  RETURN QUERY SELECT row_number() OVER (ORDER BY s.loan_id, f.seq), s.bucket, s.loan_id, s.born_on,
    f.seq::smallint, f.amount
  FROM import_row s, unnest(s.due_fee) WITH ORDINALITY AS f (amount, seq)
  WHERE s.brought AND f.amount > 0 AND f.seq > s.paid_periods;
END $$;

-- Who may do what with a table or a view, as the statements that grant it to another one.
CREATE OR REPLACE FUNCTION grants_of(relation regclass, other text) RETURNS SETOF text
LANGUAGE sql STABLE SET search_path = loanbook, pg_temp AS $$
  SELECT format('GRANT %s ON %I TO %s%s', a.privilege_type, other,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END,
    CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END)
  FROM pg_class c, aclexplode(c.relacl) AS a WHERE c.oid = relation AND a.grantee <> c.relowner
  UNION ALL
  SELECT format('GRANT %s (%I) ON %I TO %s', a.privilege_type, t.attname, other,
    CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END)
  FROM pg_attribute t, aclexplode(t.attacl) AS a WHERE t.attrelid = relation
$$;

-- Transactions of other sessions on this database that may have a snapshot; who waits for a lock, or
-- cleans up, reads nothing by it.
CREATE OR REPLACE FUNCTION open_readers() RETURNS text[]
LANGUAGE sql VOLATILE SET search_path = loanbook, pg_temp AS $$
  SELECT ARRAY(
    SELECT l.virtualxid FROM pg_locks l JOIN pg_stat_activity a USING (pid)
    WHERE l.locktype = 'virtualxid' AND l.granted AND l.pid <> pg_backend_pid()
      AND a.datname = current_database() AND a.usesysid IS NOT NULL
      AND NOT EXISTS (SELECT FROM pg_locks w WHERE w.pid = l.pid AND NOT w.granted))
$$;

-- The built tables become the book's. Returns false, and changes nothing, where the book has loans
-- by now, or somebody reads it for longer than two seconds, or began to before the rows were whole:
-- then they are copied. Call it with the lock of imports held.
CREATE OR REPLACE FUNCTION adopt_import_tables() RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = loanbook, pg_temp SET lock_timeout = '2s' AS $$
DECLARE
  name text;
  each record;
  command text;
  readers text[];
  until_at timestamptz := clock_timestamp() + interval '2 seconds';
BEGIN
  -- A snapshot that is older than the last of the rows would show some of them.
  readers := open_readers();
  WHILE readers <> '{}' LOOP
    IF clock_timestamp() > until_at THEN
      RETURN false;
    END IF;
    PERFORM pg_sleep(0.02);
    readers := ARRAY(SELECT unnest(readers) INTERSECT SELECT unnest(open_readers()));
  END LOOP;
  LOCK TABLE loan, schedule, schedule_balance, event IN ACCESS EXCLUSIVE MODE;
  IF NOT import_may_take_place() THEN
    RETURN false;
  END IF;
  CREATE TEMP TABLE depending ON COMMIT DROP AS
    SELECT DISTINCT v.oid::regclass::text AS name, pg_get_viewdef(v.oid) AS text,
      obj_description(v.oid, 'pg_class') AS comment,
      ARRAY(SELECT grants_of(v.oid::regclass, v.relname::text)) AS grants
    FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
    JOIN pg_class v ON v.oid = r.ev_class
    WHERE d.refobjid IN ('loan'::regclass, 'schedule'::regclass, 'schedule_balance'::regclass,
      'event'::regclass) AND d.classid = 'pg_rewrite'::regclass AND v.relkind = 'v';
  FOR each IN SELECT * FROM depending LOOP
    EXECUTE format('DROP VIEW %s', each.name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['loan', 'schedule', 'schedule_balance', 'event'] LOOP
    EXECUTE format('REVOKE ALL ON %I FROM loanbook_batch', staged_name(name));
    FOR command IN SELECT grants_of(name::regclass, staged_name(name)) LOOP
      EXECUTE command;
    END LOOP;
    EXECUTE format('ALTER TABLE %I RESET (autovacuum_enabled)', staged_name(name));
    EXECUTE format('COMMENT ON TABLE %I IS %L', staged_name(name),
      obj_description(name::regclass, 'pg_class'));
    CREATE TEMP TABLE renamed ON COMMIT DROP AS
      SELECT i.relname::text AS index FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
      WHERE x.indrelid = name::regclass;
    EXECUTE format('DROP TABLE %I', name);
    EXECUTE format('ALTER TABLE %I RENAME TO %I', staged_name(name), name);
    FOR each IN SELECT * FROM renamed LOOP
      EXECUTE format('ALTER INDEX %I RENAME TO %I', staged_name(each.index), each.index);
    END LOOP;
    DROP TABLE renamed;
  END LOOP;
  FOR each IN SELECT * FROM depending LOOP
    EXECUTE format('CREATE VIEW %s AS %s', each.name, each.text);
    EXECUTE format('COMMENT ON VIEW %s IS %L', each.name, each.comment);
    FOREACH command IN ARRAY each.grants LOOP
      EXECUTE command;
    END LOOP;
  END LOOP;
  DROP TABLE depending;
  PERFORM drop_import_tables();
  RETURN true;
EXCEPTION WHEN lock_not_available OR deadlock_detected OR dependent_objects_still_exist THEN
  RETURN false;
END $$;

REVOKE ALL ON FUNCTION drop_import_tables(), drop_import_stage(text), make_import_tables(boolean),
  open_import_stage(integer, uuid, text, boolean), import_may_take_place(),
  make_table_like(text), numbers_to_come(), index_like(text), open_readers(),
  build_import_table(text, integer, integer[], integer[], text[], integer[], bigint, integer),
  adopt_import_tables() FROM PUBLIC, loanbook_batch;
GRANT EXECUTE ON FUNCTION drop_import_stage(text), make_import_tables(boolean),
  open_import_stage(integer, uuid, text, boolean), numbers_to_come(),
  build_import_table(text, integer, integer[], integer[], text[], integer[], bigint, integer),
  adopt_import_tables() TO loanbook_batch;
