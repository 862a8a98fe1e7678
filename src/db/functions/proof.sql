-- What proves that nothing was changed behind a seal. The program holds the rows against it by
-- queries of its own (jobs/day/check-inputs.ts): a function could be changed with the rows.

-- The columns of a table's key, in order.
CREATE OR REPLACE FUNCTION key_columns(name text) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT array_agg(a.attname::text ORDER BY k.place)
  FROM pg_index i CROSS JOIN unnest(i.indkey::smallint[]) WITH ORDINALITY AS k (attnum, place)
  JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
  WHERE i.indrelid = to_regclass(quote_ident(name)) AND i.indisprimary
$$;

-- The columns of a table but those named, in their order.
CREATE OR REPLACE FUNCTION proven_columns(name text, beside text[]) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
  WHERE attrelid = to_regclass(quote_ident(name)) AND attnum > 0 AND NOT attisdropped
    AND attname <> ALL (beside)
$$;

-- Chains, at the seal of d, what came in since the seal before; returns the hash of it. A table
-- none of whose rows waits to be chained is passed by.
CREATE OR REPLACE FUNCTION chain_inputs(d date) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = loanbook, pg_temp SET "DateStyle" = 'ISO' SET "TimeZone" = 'UTC' AS $$
DECLARE
  since date;
  each record;
  waiting bigint;
BEGIN
  SELECT coalesce(max(business_date), '-infinity') INTO since
    FROM sealed_day WHERE inputs_hash IS NOT NULL;
  FOR each IN
    SELECT t.table_name, t.day_column, t.ready, c.names, 'changes' = ANY (c.names) AS counts, k.key,
      (SELECT string_agg(format('%I', name), ', ') FROM unnest(c.names) AS name) AS list
    FROM chained_table t CROSS JOIN LATERAL (
      SELECT array_agg(attname::text ORDER BY attnum) AS names FROM pg_attribute
      WHERE attrelid = to_regclass(quote_ident(t.table_name)) AND attnum > 0
        AND NOT attisdropped AND attname <> ALL (t.beside || '{chained_on}')
    ) AS c CROSS JOIN LATERAL (
      SELECT string_agg(format('%I', name), ', ') AS key FROM unnest(key_columns(t.table_name)) AS name
    ) AS k ORDER BY t.table_name
  LOOP
    IF each.day_column = 'chained_on' THEN
      EXECUTE format('UPDATE %I AS t SET chained_on = $1 WHERE chained_on IS NULL AND (%s)',
        each.table_name, each.ready) USING d;
      GET DIAGNOSTICS waiting = ROW_COUNT;
      CONTINUE WHEN waiting = 0;
    END IF;
    EXECUTE format(
      'INSERT INTO sealed_input (business_date, table_name, columns, rows, keys, changes, digests,
         hash)
       SELECT $1, $2, $3, count(*), array_agg(key), %s, array_agg(digest),
         sha256(convert_to(string_agg(key || E''\t'' || changes || E''\n'', ''''), ''UTF8'')
           || string_agg(digest, NULL))
       FROM (SELECT concat_ws(''/'', %s) COLLATE "C" AS key, %s AS changes,
           substr(sha256(record_send(ROW(%s))), 1, 16) AS digest
         FROM %I WHERE %I > $4 AND %I <= $1 ORDER BY key) AS rows
       HAVING count(*) > 0',
      CASE WHEN each.counts THEN 'array_agg(changes)' ELSE 'NULL' END, each.key,
      CASE WHEN each.counts THEN 'changes' ELSE '0' END, each.list,
      each.table_name, each.day_column, each.day_column)
    USING d, each.table_name, each.names, since;
  END LOOP;
  RETURN inputs_hash(d);
END $$;

-- The hash of what is chained with d.
CREATE OR REPLACE FUNCTION inputs_hash(d date) RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT sha256(coalesce(convert_to(string_agg(table_name || E'\t'
      || array_to_string(columns, ',') || E'\t' || rows || E'\n', ''
      ORDER BY table_name COLLATE "C"), 'UTF8')
    || string_agg(hash, NULL ORDER BY table_name COLLATE "C"), ''))
  FROM sealed_input WHERE business_date = d
$$;

-- The place of a sealed day in the chain of what was chained with it.
CREATE OR REPLACE FUNCTION proof_link(before bytea, chained bytea, inputs bytea, of_run integer,
  at timestamptz) RETURNS bytea
LANGUAGE sql IMMUTABLE AS $$
  SELECT sha256(coalesce(before, '') || chained || inputs || convert_to(
    of_run || E'\t' || (extract(epoch FROM at) * 1000000)::bigint, 'UTF8'))
$$;

-- Hashes a part of a large table that no close writes, once it is whole. Again it does nothing.
CREATE OR REPLACE FUNCTION digest_rows(name text, of_part date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  condition text;
  names text[] := proven_columns(name, '{}');
  place text;
  whole bigint;
BEGIN
  SELECT digested_table.of_part INTO condition FROM digested_table WHERE table_name = name;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'rows of % are not digested', name USING ERRCODE = 'LB007';
  END IF;
  SELECT string_agg(format('%I', column_name), ', ') INTO place
    FROM unnest(key_columns(name)) AS column_name;
  EXECUTE format(
    'INSERT INTO row_digest (table_name, part, bucket_from, columns, rows, marks, hash)
     SELECT $2, $1, bucket / 64 * 64, $3, count(*),
       string_agg(substr(digest, 1, 4), NULL ORDER BY %s),
       sha256(string_agg(digest, NULL ORDER BY %s))
     FROM (SELECT %s, sha256(record_send(ROW(%s))) AS digest FROM %I WHERE %s) AS rows
     GROUP BY bucket / 64
     ON CONFLICT DO NOTHING',
    place, place, place, array_to_string(names, ', '), name, condition)
  USING of_part, name, names;
  SELECT coalesce(sum(rows), 0) INTO whole FROM row_digest
    WHERE table_name = name AND part = of_part;
  RETURN whole;
END $$;

-- Rows of a bucket are about to change by right: the digests of its share, whose parts are the days on
-- which rows came in, wait for the next seal. One that its rows do not fit any more stays as it is,
-- and stays told. The open day is held by the caller.
CREATE OR REPLACE FUNCTION open_digests(name text, of_bucket smallint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  share smallint := of_bucket / 64 * 64;
  each record;
  place text;
BEGIN
  SELECT string_agg(format('%I', column_name), ', ') INTO place
    FROM unnest(key_columns(name)) AS column_name;
  FOR each IN SELECT DISTINCT columns FROM row_digest
    WHERE table_name = name AND bucket_from = share AND hash IS NOT NULL
  LOOP
    EXECUTE format(
      'UPDATE row_digest d SET hash = NULL, changes = d.changes + 1, chained_on = NULL
       FROM (SELECT entered_on, count(*) AS rows,
           sha256(string_agg(digest, NULL ORDER BY %s)) AS hash
         FROM (SELECT entered_on, %s, sha256(record_send(ROW(%s))) AS digest FROM %I
           WHERE bucket BETWEEN $2 AND $2 + 63) AS rows
         GROUP BY entered_on) AS n
       WHERE d.table_name = $1 AND d.bucket_from = $2 AND d.columns = $3
         AND d.part = n.entered_on AND (d.rows, d.hash) = (n.rows, n.hash)',
      place, place, array_to_string(each.columns, ', '), name)
    USING name, share, each.columns;
  END LOOP;
END $$;

-- Hashes the shares again whose digests wait for it.
CREATE OR REPLACE FUNCTION close_digests() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  each record;
  place text;
BEGIN
  FOR each IN SELECT DISTINCT table_name, bucket_from, columns FROM row_digest WHERE hash IS NULL
  LOOP
    SELECT string_agg(format('%I', column_name), ', ') INTO place
      FROM unnest(key_columns(each.table_name)) AS column_name;
    EXECUTE format(
      'UPDATE row_digest d SET rows = n.rows, marks = n.marks, hash = n.hash
       FROM (SELECT k.part, count(digest) AS rows,
           coalesce(string_agg(substr(digest, 1, 4), NULL ORDER BY %s), '''') AS marks,
           sha256(coalesce(string_agg(digest, NULL ORDER BY %s), '''')) AS hash
         FROM row_digest k LEFT JOIN (
           SELECT entered_on, %s, sha256(record_send(ROW(%s))) AS digest FROM %I
           WHERE bucket BETWEEN $2 AND $2 + 63) AS r ON r.entered_on = k.part
         WHERE k.table_name = $1 AND k.bucket_from = $2 AND k.columns = $3 AND k.hash IS NULL
         GROUP BY k.part) AS n
       WHERE d.table_name = $1 AND d.bucket_from = $2 AND d.part = n.part',
      place, place, place, array_to_string(each.columns, ', '), each.table_name)
    USING each.table_name, each.bucket_from, each.columns;
  END LOOP;
END $$;

REVOKE ALL ON FUNCTION key_columns(text), proven_columns(text, text[]), chain_inputs(date),
  inputs_hash(date), digest_rows(text, date), open_digests(text, smallint), close_digests()
  FROM PUBLIC;
