-- The cash of an event: what moved on the transit account when it was posted. A prepayment names
-- principal and is paid with interest and fee, a settlement may name nothing: theirs is what was
-- allocated and held. Null while no close has posted it. A function, so that every statement of
-- reconciliation means the same; being plain SQL it costs nothing, the planner writes it out.
CREATE OR REPLACE FUNCTION event_cash(type smallint, amount bigint, allocated bigint, to_suspense bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN type = event_type_prepayment() OR amount = 0 THEN nullif(allocated + to_suspense, 0) ELSE amount END
$$;

-- The cash of an event as a channel of receipts counts it: what goes back to the customer, or
-- bounces, is below zero.
CREATE OR REPLACE FUNCTION event_moved(type smallint, amount bigint, allocated bigint, to_suspense bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN type IN (event_type_suspense_refund(), event_type_merchant_refund(),
      event_type_charge_back())
    THEN -abs(event_cash(type, amount, allocated, to_suspense))
    ELSE event_cash(type, amount, allocated, to_suspense) END
$$;

-- So many numbers in a row, the first of them. They are in the hash of the day, so an import that
-- fails must leave none out: a RESTART is undone with its transaction, what nextval drew is not.
-- The lock of imports is held until then.
CREATE OR REPLACE FUNCTION reserve_events(numbers bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  first bigint;
BEGIN
  SELECT last_value + is_called::int INTO STRICT first FROM event_arrival;
  EXECUTE format('ALTER SEQUENCE event_arrival RESTART WITH %s', first + numbers);
  RETURN first;
END $$;
REVOKE ALL ON FUNCTION reserve_events(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reserve_events(bigint) TO loanbook_batch;
