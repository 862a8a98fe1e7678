-- What merchants are paid: kept once, of closed days, by who may.

-- Keeps the next settlement of a merchant; its entry follows. `days`: those that it holds back of.
-- Null: it is not the next one, for another process kept it.
CREATE OR REPLACE FUNCTION keep_merchant_settlement(settlement jsonb, by_whom text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  kept merchant_settlement := jsonb_populate_record(NULL::merchant_settlement, settlement);
  before merchant_settlement;
BEGIN
  PERFORM acting_person(by_whom, 'settlement');
  SELECT business_date INTO STRICT kept.settled_on FROM book FOR SHARE;
  PERFORM pg_advisory_xact_lock(5262666044);
  IF kept.to_date >= kept.settled_on THEN
    RAISE EXCEPTION 'orders of % are not closed', kept.to_date USING ERRCODE = 'LB014';
  END IF;
  SELECT * INTO before FROM merchant_settlement WHERE merchant = kept.merchant
    ORDER BY number DESC LIMIT 1;
  IF kept.number <> coalesce(before.number, 0) + 1 THEN RETURN NULL; END IF;
  IF kept.carried_in <> coalesce(before.carried_out, 0) OR kept.from_date <= (
    SELECT max(to_date) FROM merchant_settlement WHERE merchant = kept.merchant)
  THEN
    RAISE EXCEPTION 'settlement % does not follow the one before', kept.reference
      USING ERRCODE = 'LB014';
  END IF;
  SELECT coalesce(max(settlement_id), 0) + 1 INTO kept.settlement_id FROM merchant_settlement;
  kept.settled_at := now();
  kept.settled_by := by_whom;
  kept.chained_on := NULL;
  INSERT INTO merchant_settlement SELECT kept.*;
  RETURN kept.settlement_id;
END $$;

-- Keeps what a merchant's subsidies have earned through a closed day, and tells what that adds;
-- null: nothing, or a later day was kept already.
CREATE OR REPLACE FUNCTION keep_merchant_earning(of_merchant text, through date, in_all bigint,
  ref text, by_whom text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  open_on date;
  before merchant_earning;
BEGIN
  PERFORM acting_person(by_whom, 'settlement');
  SELECT business_date INTO STRICT open_on FROM book FOR SHARE;
  PERFORM pg_advisory_xact_lock(5262666044);
  IF through >= open_on THEN
    RAISE EXCEPTION 'day % is not closed', through USING ERRCODE = 'LB014';
  END IF;
  SELECT * INTO before FROM merchant_earning WHERE merchant = of_merchant
    ORDER BY through_date DESC LIMIT 1;
  IF before.through_date >= through OR in_all = coalesce(before.earned, 0) THEN RETURN NULL; END IF;
  INSERT INTO merchant_earning (merchant, through_date, earned, amount, reference, posted_on,
      posted_by)
    VALUES (of_merchant, through, in_all, in_all - coalesce(before.earned, 0), ref, open_on,
      by_whom);
  RETURN in_all - coalesce(before.earned, 0);
END $$;

REVOKE ALL ON FUNCTION keep_merchant_settlement(jsonb, text),
  keep_merchant_earning(text, date, bigint, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_merchant_settlement(jsonb, text),
  keep_merchant_earning(text, date, bigint, text, text) TO loanbook_batch;

-- By which a refund is known among the events of its loan.
CREATE OR REPLACE FUNCTION refund_ref(refund_no text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT 'refund/' || refund_no $$;
