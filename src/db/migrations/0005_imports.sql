-- An import and a close must not meet: rows that enter a day after one of its tasks has read its
-- events would be lost. An import shares the book's row until it commits; a new run takes the row
-- for itself, so it waits for the imports under way, and an import sees every run there is.

CREATE FUNCTION hold_open_day() RETURNS date
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT business_date FROM book FOR SHARE
$$;
COMMENT ON FUNCTION hold_open_day() IS
  'the open day, which stays open until the calling transaction ends';

CREATE FUNCTION wait_for_imports() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM 1 FROM book FOR UPDATE;
  RETURN NEW;
END $$;
CREATE TRIGGER run_waits_for_imports BEFORE INSERT ON run
  FOR EACH STATEMENT EXECUTE FUNCTION wait_for_imports();

-- Fresh statistics after a large import: the first close is planned with them.
CREATE FUNCTION analyze_loans() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  ANALYZE loan, schedule, event;
END $$;

CREATE FUNCTION analyze_events() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  ANALYZE event;
END $$;

REVOKE ALL ON FUNCTION hold_open_day(), wait_for_imports(), analyze_loans(),
  analyze_events() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION hold_open_day(), analyze_loans(), analyze_events() TO loanbook_batch;
