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
  ) AS found
  ORDER BY found.ord, found.detail, found.loan_no COLLATE "C" LIMIT 1
$$;

-- Call it with the lock of imports and the open day held. Nobody but this may delete.
CREATE OR REPLACE FUNCTION cancel_import(number integer, why text)
RETURNS TABLE (loans bigint, events bigint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  used record;
BEGIN
  IF why = '' THEN
    RAISE EXCEPTION 'a cancelled import needs a reason' USING ERRCODE = 'LB004';
  END IF;
  -- As hold_open_day: no close may begin, and none may be under way.
  PERFORM 1 FROM book FOR SHARE;
  PERFORM 1 FROM run WHERE job = 'eod' AND status = 'open';
  IF FOUND THEN
    RAISE EXCEPTION 'a close is under way' USING ERRCODE = 'LB005';
  END IF;
  PERFORM 1 FROM imported_file WHERE import_id = number AND cancelled_at IS NULL FOR UPDATE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no import % to cancel', number USING ERRCODE = 'LB010';
  END IF;
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
  DELETE FROM loan l WHERE l.import_id = number;
  GET DIAGNOSTICS loans = ROW_COUNT;
  UPDATE imported_file SET cancelled_at = now(), cancel_reason = why, changes = changes + 1,
      chained_on = NULL
    WHERE import_id = number;
  PERFORM write_audit('import cancel', number::text, why,
    jsonb_build_object('loans', loans, 'events', events));
  RETURN NEXT;
END $$;
