-- The cash of an event: what moved on the transit account when it was posted. A prepayment names
-- principal and is paid with interest and fee, a settlement may name nothing: theirs is what was
-- allocated and held. Null while no close has posted it. A function, so that every statement of
-- reconciliation means the same; being plain SQL it costs nothing, the planner writes it out.
CREATE FUNCTION event_cash(type smallint, amount bigint, allocated bigint, to_suspense bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN type = 5 OR amount = 0 THEN nullif(allocated + to_suspense, 0) ELSE amount END
$$;

-- Whether an order stands for several events was told from the amounts, which the cash of a
-- prepayment makes impossible.
ALTER TABLE recon_break ADD COLUMN our_events integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN recon_break.our_events IS
  'events that the order stands for; of breaks from before 2 is several';
UPDATE recon_break b SET our_events = CASE WHEN e.amount IN (0, b.our_amount) THEN 1 ELSE 2 END
FROM event e
WHERE e.bucket = b.bucket AND e.loan_id = b.loan_id AND e.event_id = b.event_id AND b.event_id > 0;

ALTER TABLE statement ADD COLUMN by_fallback bigint;
COMMENT ON COLUMN statement.by_fallback IS
  'pairs that no order number joined; null: taken before it was kept';
