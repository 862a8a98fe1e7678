-- An import and a close must not meet: rows that enter a day after one of its tasks has read its
-- events would be lost. An import shares the book's row until it commits; a new run takes the row
-- for itself, so it waits for the imports under way, and an import sees every run there is.

CREATE OR REPLACE FUNCTION hold_open_day() RETURNS date
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT business_date FROM book FOR SHARE
$$;

CREATE OR REPLACE FUNCTION wait_for_imports() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM 1 FROM book FOR UPDATE;
  RETURN NEW;
END $$;

-- Fresh statistics after a large import: the first close is planned with them.
CREATE OR REPLACE FUNCTION analyze_loans() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  ANALYZE loan, schedule, schedule_balance, event;
END $$;

CREATE OR REPLACE FUNCTION analyze_balances() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  ANALYZE opening_position;
END $$;
REVOKE ALL ON FUNCTION analyze_balances() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION analyze_balances() TO loanbook_batch;

CREATE OR REPLACE FUNCTION analyze_events() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  ANALYZE event;
END $$;

-- What stands against taking an import back, the first that does; no row: nothing.
CREATE OR REPLACE FUNCTION import_in_use(number integer)
RETURNS TABLE (what text, loan_no text, detail text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT found.what, found.loan_no, found.detail FROM (
    SELECT 1 AS ord, 'folded' AS what, l.loan_no, e.business_date::text AS detail
    FROM event e JOIN loan l USING (bucket, loan_id) CROSS JOIN book b
    WHERE e.import_id = number AND e.business_date < b.business_date
    UNION ALL
    SELECT 1, 'folded', l.loan_no, l.born_on::text FROM loan l CROSS JOIN book b
    WHERE l.import_id = number AND l.born_on < b.business_date
    UNION ALL
    SELECT 1, 'folded', l.loan_no, l.born_on::text
    FROM opening_position o JOIN loan l USING (bucket, loan_id) CROSS JOIN book b
    WHERE o.import_id = number AND l.born_on < b.business_date
    UNION ALL
    SELECT 2, 'needed', l.loan_no, o.import_id::text
    FROM loan l JOIN opening_position o USING (bucket, loan_id)
    WHERE l.import_id = number AND o.import_id <> number
    UNION ALL
    SELECT 2, 'needed', l.loan_no, e.import_id::text
    FROM loan l JOIN event e USING (bucket, loan_id)
    WHERE l.import_id = number AND e.import_id <> number
    UNION ALL
    SELECT 2, 'needed', l.loan_no, r.import_id::text
    FROM event e JOIN event r ON r.bucket = e.bucket AND r.loan_id = e.loan_id
      AND r.of_event_id = e.event_id
    JOIN loan l ON l.bucket = e.bucket AND l.loan_id = e.loan_id
    WHERE e.import_id = number AND r.import_id <> number
    UNION ALL
    SELECT 3, 'reconciled', l.loan_no, r.break_id::text
    FROM recon_break r JOIN loan l USING (bucket, loan_id)
    LEFT JOIN event e ON e.bucket = r.bucket AND e.loan_id = r.loan_id AND e.event_id = r.event_id
    WHERE l.import_id = number OR e.import_id = number
    UNION ALL
    SELECT 3, 'answered', l.loan_no, f.name
    FROM payment_file f JOIN event e USING (import_id) JOIN loan l USING (bucket, loan_id)
    WHERE f.import_id = number
    UNION ALL
    SELECT 3, 'guaranteed', l.loan_no, g.act_id::text
    FROM event e JOIN guarantee_act g ON g.bucket = e.bucket AND g.loan_id = e.loan_id
      AND (g.event_id = e.event_id OR e.ref LIKE 'guarantee/' || g.act_id || '/%')
    JOIN loan l ON l.bucket = e.bucket AND l.loan_id = e.loan_id
    WHERE e.import_id = number
    UNION ALL
    SELECT 3, 'refunded', l.loan_no, m.refund_no
    FROM event e JOIN merchant_refund m ON m.bucket = e.bucket AND m.loan_id = e.loan_id
      AND e.ref = 'refund/' || m.refund_no
    JOIN loan l ON l.bucket = e.bucket AND l.loan_id = e.loan_id
    WHERE e.import_id = number
  ) AS found
  ORDER BY found.ord, found.detail, found.loan_no COLLATE "C" LIMIT 1
$$;

-- As hold_open_day: no close may begin, and none may be under way. The import has to stand.
CREATE OR REPLACE FUNCTION require_changeable(number integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM 1 FROM book FOR SHARE;
  PERFORM 1 FROM run WHERE job = 'eod' AND status = 'open';
  IF FOUND THEN
    RAISE EXCEPTION 'a close is under way' USING ERRCODE = 'LB005';
  END IF;
  PERFORM 1 FROM imported_file WHERE import_id = number AND cancelled_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no import % to change', number USING ERRCODE = 'LB010';
  END IF;
END $$;

-- Call it with the lock of imports and the open day held. Nobody but this and a delta may delete.
CREATE OR REPLACE FUNCTION cancel_import(number integer, why text)
RETURNS TABLE (loans bigint, events bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  used record;
BEGIN
  IF why = '' THEN
    RAISE EXCEPTION 'a cancelled import needs a reason' USING ERRCODE = 'LB004';
  END IF;
  PERFORM require_changeable(number);
  SELECT * INTO used FROM import_in_use(number);
  IF FOUND THEN
    RAISE EXCEPTION 'import % is %: loan %, %', number, used.what, used.loan_no, used.detail
      USING ERRCODE = 'LB011';
  END IF;
  DELETE FROM opening_position o WHERE o.import_id = number;
  DELETE FROM event e WHERE e.import_id = number;
  GET DIAGNOSTICS events = ROW_COUNT;
  DELETE FROM schedule s USING loan l
    WHERE l.import_id = number AND s.bucket = l.bucket AND s.loan_id = l.loan_id;
  DELETE FROM schedule_balance b USING loan l
    WHERE l.import_id = number AND b.bucket = l.bucket AND b.loan_id = l.loan_id;
  DELETE FROM loan_look k USING loan l
    WHERE l.import_id = number AND k.bucket = l.bucket AND k.loan_no = l.loan_no;
  DELETE FROM loan_party p USING loan l
    WHERE l.import_id = number AND p.bucket = l.bucket AND p.loan_id = l.loan_id;
  DELETE FROM merchant_order m USING loan l
    WHERE l.import_id = number AND m.bucket = l.bucket AND m.loan_id = l.loan_id;
  DELETE FROM loan l WHERE l.import_id = number;
  GET DIAGNOSTICS loans = ROW_COUNT;
  UPDATE imported_file SET cancelled_at = now(), cancel_reason = why, changes = changes + 1,
      chained_on = NULL
    WHERE import_id = number;
  PERFORM write_audit('import cancel', number::text, why,
    jsonb_build_object('loans', loans, 'events', events));
  RETURN NEXT;
END $$;

-- Why no delta may put another loan in the place of this one; null: it may. A loan whose day was
-- closed is folded, or held.
CREATE OR REPLACE FUNCTION replace_bar(of_bucket smallint, of_loan bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT CASE
    WHEN l.born_on < b.business_date OR EXISTS (
      SELECT FROM event e WHERE e.bucket = l.bucket AND e.loan_id = l.loan_id
        AND e.business_date < b.business_date) THEN 'folded'
    WHEN EXISTS (SELECT FROM recon_break r WHERE r.bucket = l.bucket AND r.loan_id = l.loan_id)
      THEN 'reconciled' END
  FROM loan l CROSS JOIN book b WHERE l.bucket = of_bucket AND l.loan_id = of_loan
$$;

CREATE OR REPLACE FUNCTION require_replaceable(number integer, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  barred record;
BEGIN
  PERFORM require_changeable(number);
  PERFORM 1 FROM imported_file
    WHERE import_id = number AND rows_replaced IS NOT NULL AND imported_at = now();
  IF NOT FOUND THEN
    RAISE EXCEPTION 'import % is no delta that goes in now', number USING ERRCODE = 'LB010';
  END IF;
  SELECT id, replace_bar((id >> 32)::smallint, id) AS bar INTO barred FROM unnest(ids) AS u (id)
    WHERE replace_bar((id >> 32)::smallint, id) IS NOT NULL LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'loan % cannot be replaced: %', barred.id, barred.bar USING ERRCODE = 'LB011';
  END IF;
END $$;

-- Takes loans out that an import of a delta brings anew, under the same numbers, with all that came
-- along for them: the numbers that look like theirs stay. Call it with the lock of imports and the
-- open day held, in the transaction of that import.
CREATE OR REPLACE FUNCTION replace_loans(number integer, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM require_replaceable(number, ids);
  WITH named AS (
    SELECT (id >> 32)::smallint AS bucket, id AS loan_id FROM unnest(ids) AS u (id)
  ), schedules AS (
    DELETE FROM schedule s USING named n WHERE s.bucket = n.bucket AND s.loan_id = n.loan_id
  ), balances AS (
    DELETE FROM schedule_balance b USING named n
    WHERE b.bucket = n.bucket AND b.loan_id = n.loan_id
  ), parties AS (
    DELETE FROM loan_party p USING named n WHERE p.bucket = n.bucket AND p.loan_id = n.loan_id
  ), orders AS (
    DELETE FROM merchant_order m USING named n WHERE m.bucket = n.bucket AND m.loan_id = n.loan_id
  ), loans AS (
    DELETE FROM loan l USING named n WHERE l.bucket = n.bucket AND l.loan_id = n.loan_id
    RETURNING l.import_id, l.principal AS amount
  ), positions AS (
    DELETE FROM opening_position o USING named n
    WHERE o.bucket = n.bucket AND o.loan_id = n.loan_id
    RETURNING o.import_id, o.principal_not_due AS amount
  ), events AS (
    DELETE FROM event e USING named n WHERE e.bucket = n.bucket AND e.loan_id = n.loan_id
    RETURNING e.import_id, e.amount
  )
  INSERT INTO replaced_import (import_id, of_import, rows, amount)
  SELECT number, gone.import_id, count(*), sum(gone.amount) FROM (
    SELECT * FROM loans
    UNION ALL SELECT * FROM positions
    -- What comes in with its loan is in no control total.
    UNION ALL SELECT e.* FROM events e JOIN imported_file i USING (import_id)
    WHERE i.kind <> 'loans'
  ) AS gone GROUP BY gone.import_id;
END $$;

-- The same for the positions alone.
CREATE OR REPLACE FUNCTION replace_positions(number integer, ids bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM require_replaceable(number, ids);
  WITH positions AS (
    DELETE FROM opening_position o USING unnest(ids) AS u (id)
    WHERE o.bucket = (u.id >> 32)::smallint AND o.loan_id = u.id
    RETURNING o.import_id, o.principal_not_due AS amount
  )
  INSERT INTO replaced_import (import_id, of_import, rows, amount)
  SELECT number, gone.import_id, count(*), sum(gone.amount) FROM positions AS gone
  GROUP BY gone.import_id;
END $$;

REVOKE ALL ON FUNCTION require_changeable(integer), replace_bar(smallint, bigint),
  require_replaceable(integer, bigint[]), replace_loans(integer, bigint[]),
  replace_positions(integer, bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION replace_bar(smallint, bigint), replace_loans(integer, bigint[]),
  replace_positions(integer, bigint[]) TO loanbook_batch;
