-- Statements and breaks. A batch login writes them by these functions alone: they hold the open day
-- and the state that a change begins from; every change is counted, and chained at the next seal.

CREATE OR REPLACE FUNCTION put_statement(facts jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  made statement;
  number integer;
BEGIN
  made := jsonb_populate_record(NULL::statement, facts);
  PERFORM 1 FROM book WHERE business_date = made.taken_on FOR SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'day % is not the open day', made.taken_on USING ERRCODE = 'LB001';
  END IF;
  PERFORM check_persons(made.maker, made.release_by, NULL, 'statement_replace_check');
  INSERT INTO statement (code, kind, statement_date, revision, name, sha256, state, lines, amount,
      fee, matched, our_count, our_amount, ledger_amount, due_on, maker, release_by, taken_on,
      by_fallback)
    VALUES (made.code, made.kind, made.statement_date, made.revision, made.name, made.sha256,
      'matched', made.lines, made.amount, made.fee, made.matched, made.our_count, made.our_amount,
      made.ledger_amount, made.due_on, made.maker, made.release_by, made.taken_on,
      made.by_fallback)
    RETURNING statement_id INTO number;
  RETURN number;
END $$;

-- Moves statements on: those of their facts that are given. A statement is matched, then posted into
-- the open day, and out of force once another took its place, for good.
CREATE OR REPLACE FUNCTION move_statements(ids integer[], facts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  open_on date;
  wrong integer;
BEGIN
  SELECT business_date INTO STRICT open_on FROM book FOR SHARE;
  SELECT statement_id INTO wrong FROM statement t
  WHERE statement_id = ANY (ids) AND (t.state = 'replaced'
    OR (t.state = 'posted' AND facts ->> 'state' = 'matched')
    OR (facts ? 'posted_on' AND (facts ->> 'posted_on')::date <> open_on));
  IF FOUND THEN
    RAISE EXCEPTION 'statement % cannot be changed so', wrong USING ERRCODE = 'LB016';
  END IF;
  UPDATE statement t SET changes = t.changes + 1, chained_on = NULL,
    state = n.state, posted_on = n.posted_on, settled_by = n.settled_by, suspense = n.suspense,
    released = n.released, tolerated_long = n.tolerated_long, tolerated_short = n.tolerated_short
  FROM statement o CROSS JOIN LATERAL jsonb_populate_record(o, facts - ARRAY['statement_id']) AS n
  WHERE o.statement_id = t.statement_id AND t.statement_id = ANY (ids);
END $$;

-- Breaks that a statement of the open day has found.
CREATE OR REPLACE FUNCTION put_breaks(of_statement integer, breaks jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  many bigint;
BEGIN
  PERFORM 1 FROM statement t, book b WHERE t.statement_id = of_statement
    AND t.state <> 'replaced' AND t.taken_on = b.business_date;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'statement % takes no breaks now', of_statement USING ERRCODE = 'LB016';
  END IF;
  INSERT INTO recon_break (statement_id, type, order_no, line, bucket, loan_id, event_id,
      their_amount, our_amount, ledger_amount, difference, suspense, our_status, since, pend_until,
      state, resolution, reason, resolved_on, resolved_by_statement, our_events)
    SELECT of_statement, type, order_no, line, bucket, loan_id, event_id, their_amount, our_amount,
      ledger_amount, difference, suspense, our_status, since, pend_until, state, resolution, reason,
      resolved_on, resolved_by_statement, our_events
    FROM jsonb_array_elements(breaks) WITH ORDINALITY AS e (facts, place)
    CROSS JOIN LATERAL jsonb_populate_record(NULL::recon_break, e.facts) ORDER BY place;
  GET DIAGNOSTICS many = ROW_COUNT;
  RETURN many;
END $$;

-- Moves breaks on: an open one is resolved on the open day, a resolved one is open again. What was
-- found of it does not change.
CREATE OR REPLACE FUNCTION move_breaks(ids bigint[], facts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  open_on date;
BEGIN
  SELECT business_date INTO STRICT open_on FROM book FOR SHARE;
  IF facts ? 'resolved_on' AND (facts ->> 'resolved_on')::date <> open_on THEN
    RAISE EXCEPTION 'day % is not the open day', facts ->> 'resolved_on' USING ERRCODE = 'LB001';
  END IF;
  UPDATE recon_break t SET changes = t.changes + 1, chained_on = NULL,
    state = n.state, assignee = n.assignee, resolution = n.resolution, reason = n.reason,
    resolved_on = n.resolved_on, resolved_by_statement = n.resolved_by_statement,
    suspense = CASE WHEN n.suspense = 0 THEN 0 ELSE t.suspense END
  FROM recon_break o CROSS JOIN LATERAL jsonb_populate_record(o, facts - ARRAY['break_id']) AS n
  WHERE o.break_id = t.break_id AND t.break_id = ANY (ids);
END $$;

-- Holds a break until the transaction ends.
CREATE OR REPLACE FUNCTION hold_break(of_break bigint) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT FROM recon_break WHERE break_id = of_break FOR UPDATE
$$;

-- What a person does with a break, kept beside it.
CREATE OR REPLACE FUNCTION act_on_break(of_break bigint, act text, by_whom text, checked_by text,
  said text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM 1 FROM recon_break WHERE break_id = of_break;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'there is no break %', of_break USING ERRCODE = 'LB016';
  END IF;
  PERFORM check_persons(by_whom, checked_by, NULL, 'break_resolve_check');
  INSERT INTO break_action (break_id, action, by_whom, checker, note)
    VALUES (of_break, act, by_whom, checked_by, said);
END $$;

REVOKE ALL ON FUNCTION put_statement(jsonb), move_statements(integer[], jsonb),
  put_breaks(integer, jsonb), move_breaks(bigint[], jsonb),
  hold_break(bigint), act_on_break(bigint, text, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION put_statement(jsonb), move_statements(integer[], jsonb),
  put_breaks(integer, jsonb), move_breaks(bigint[], jsonb),
  hold_break(bigint), act_on_break(bigint, text, text, text, text) TO loanbook_batch;
