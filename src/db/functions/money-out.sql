-- Money that goes out: kept once, of closed days, by who may.

-- Keeps what was settled with a party; its entry follows. Null: a later date was settled already.
CREATE OR REPLACE FUNCTION keep_settlement(of_party text, way text, due date, first date, last date,
  owed bigint, owing bigint, ref text, terms integer, by_whom text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  open_on date;
  number integer;
BEGIN
  PERFORM acting_person(by_whom, 'settlement');
  SELECT business_date INTO STRICT open_on FROM book FOR SHARE;
  PERFORM pg_advisory_xact_lock(5262666044);
  IF last >= open_on THEN
    RAISE EXCEPTION 'items of % are not closed', last USING ERRCODE = 'LB014';
  END IF;
  PERFORM 1 FROM funding_settlement WHERE party = of_party AND to_date >= first
    AND (direction = way OR direction = 'net' OR way = 'net');
  IF FOUND THEN RETURN NULL; END IF;
  SELECT coalesce(max(settlement_id), 0) + 1 INTO number FROM funding_settlement;
  INSERT INTO funding_settlement (settlement_id, party, direction, due_on, from_date, to_date,
      amount, payable, receivable, reference, terms_version, settled_on, settled_by)
    VALUES (number, of_party, way, due, first, last, owed - owing, owed, owing, ref, terms,
      open_on, by_whom);
  RETURN number;
END $$;

-- Transfers that a statement of a bank has; none where one of them was found before.
CREATE OR REPLACE FUNCTION find_transfers(refs text[], of_statement integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  INSERT INTO transfer_found (reference, statement_id)
    SELECT unnest(refs), statement_id FROM statement
    WHERE statement_id = of_statement AND state <> 'replaced'
$$;

-- The statement was replaced: what it had is to come again.
CREATE OR REPLACE FUNCTION lose_transfers(of_statement integer) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  DELETE FROM transfer_found f USING statement s
    WHERE f.statement_id = of_statement AND s.statement_id = f.statement_id AND s.state = 'replaced'
$$;

REVOKE ALL ON FUNCTION keep_settlement(text, text, date, date, date, bigint, bigint, text, integer,
  text), find_transfers(text[], integer), lose_transfers(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_settlement(text, text, date, date, date, bigint, bigint, text,
  integer, text), find_transfers(text[], integer), lose_transfers(integer) TO loanbook_batch;
