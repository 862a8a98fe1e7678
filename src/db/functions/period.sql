-- What is done to an accounting period, by functions alone: they hold that its days are sealed and
-- that it is in the state that the act needs.

-- Closes a month: its days are sealed, the one before is closed. Its month rows are whole then, and
-- hashed.
CREATE OR REPLACE FUNCTION close_period(name text, by_whom text, why text, not_proven text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  month date := (name || '-01')::date;
  first_on date;
  first_day date;
  last_on date := (month + interval '1 month')::date - 1;
BEGIN
  SELECT first_business_date, greatest(first_business_date, month) INTO first_day, first_on
    FROM book FOR SHARE;
  IF last_on < first_on OR (SELECT count(*) FROM sealed_day
    WHERE business_date BETWEEN first_on AND last_on) <> last_on - first_on + 1
  THEN
    RAISE EXCEPTION 'not every day of % is sealed', name USING ERRCODE = 'LB012';
  END IF;
  IF period_is_closed(name)
    OR (first_day < month AND NOT period_is_closed(to_char(month - 1, 'YYYY-MM')))
  THEN
    RAISE EXCEPTION 'period % cannot be closed now', name USING ERRCODE = 'LB012';
  END IF;
  PERFORM acting_person(by_whom, 'period_close');
  INSERT INTO period_event (period, action, made_by, reason, unproven)
    VALUES (name, 'close', by_whom, why, not_proven);
  PERFORM digest_rows('month_row', month);
END $$;

CREATE OR REPLACE FUNCTION reopen_period(name text, by_whom text, why text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM 1 FROM book FOR SHARE;
  IF NOT period_is_closed(name)
    OR period_is_closed(to_char((name || '-01')::date + interval '1 month', 'YYYY-MM'))
  THEN
    RAISE EXCEPTION 'period % cannot be opened again now', name USING ERRCODE = 'LB012';
  END IF;
  INSERT INTO period_event (period, action, made_by, reason) VALUES (name, 'reopen', by_whom, why);
END $$;

CREATE OR REPLACE FUNCTION period_is_closed(name text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT coalesce((SELECT action = 'close' FROM period_event WHERE period = name
    ORDER BY period_event_id DESC LIMIT 1), false)
$$;

REVOKE ALL ON FUNCTION close_period(text, text, text, text), reopen_period(text, text, text),
  period_is_closed(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION close_period(text, text, text, text), reopen_period(text, text, text)
  TO loanbook_batch;
