-- The first master keys of a book: a list of version, suite and check value. There are none yet.
CREATE OR REPLACE FUNCTION keep_master_keys(keys jsonb, by_whom text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  person text := acting_person(by_whom, 'keys');
BEGIN
  LOCK TABLE master_key IN SHARE ROW EXCLUSIVE MODE;
  IF EXISTS (SELECT FROM master_key) THEN
    RAISE EXCEPTION 'the book has master keys' USING ERRCODE = 'LB030';
  END IF;
  INSERT INTO master_key (version, suite, check_value, made_by)
  SELECT k.version, k.suite, decode(k.check, 'hex'), person
  FROM jsonb_to_recordset(keys) AS k (version integer, suite text, "check" text);
END $$;

CREATE OR REPLACE FUNCTION analyze_parties() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  ANALYZE party_key, party;
END $$;

REVOKE ALL ON FUNCTION keep_master_keys(jsonb, text), analyze_parties() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_master_keys(jsonb, text), analyze_parties() TO loanbook_batch;
