-- The cash of an event: what moved on the transit account when it was posted. A prepayment names
-- principal and is paid with interest and fee, a settlement may name nothing: theirs is what was
-- allocated and held. Null while no close has posted it. A function, so that every statement of
-- reconciliation means the same; being plain SQL it costs nothing, the planner writes it out.
CREATE OR REPLACE FUNCTION event_cash(type smallint, amount bigint, allocated bigint, to_suspense bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN type = event_type_prepayment() OR amount = 0 THEN nullif(allocated + to_suspense, 0) ELSE amount END
$$;
