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

-- The version of the master key stands in the second and third byte of what it sealed; null: the
-- bytes are too few to have one.
CREATE OR REPLACE FUNCTION key_version(sealed bytea) RETURNS integer
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN octet_length(sealed) > 2
    THEN get_byte(sealed, 1) * 256 + get_byte(sealed, 2) END
$$;

-- The next master key. LB031: it is not the next one.
CREATE OR REPLACE FUNCTION keep_next_key(of_version integer, of_suite text, hash bytea, by_whom text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  person text := acting_person(by_whom, 'keys');
  newest integer;
BEGIN
  LOCK TABLE master_key IN SHARE ROW EXCLUSIVE MODE;
  SELECT max(version) INTO newest FROM master_key;
  IF newest IS NULL OR of_version <= newest THEN
    RAISE EXCEPTION 'key % is not behind %', of_version, newest USING ERRCODE = 'LB031',
      DETAIL = jsonb_build_object('key', of_version, 'newest', newest);
  END IF;
  INSERT INTO master_key (version, suite, check_value, made_by)
    VALUES (of_version, of_suite, hash, person);
END $$;

-- Data keys of one bucket under the newest master key, where each is still what it was; how many.
-- No seal hashes them meanwhile. LB031: they are under another key.
CREATE OR REPLACE FUNCTION reseal_keys(of_bucket smallint, parties text[], earlier bytea[],
  later bytea[], by_whom text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  newest integer;
  changed integer;
BEGIN
  PERFORM acting_person(by_whom, 'keys');
  PERFORM 1 FROM book FOR SHARE;
  SELECT max(version) INTO newest FROM master_key;
  IF EXISTS (SELECT FROM unnest(later) AS sealed WHERE key_version(sealed) IS DISTINCT FROM newest)
  THEN
    RAISE EXCEPTION 'keys are not sealed under %', newest USING ERRCODE = 'LB031',
      DETAIL = jsonb_build_object('newest', newest);
  END IF;
  PERFORM open_digests('party_key', of_bucket);
  UPDATE party_key k SET sealed = n.later
    FROM unnest(parties, earlier, later) AS n (party_no, earlier, later)
    WHERE k.bucket = (of_bucket) AND k.party_no = n.party_no AND k.sealed = n.earlier;
  GET DIAGNOSTICS changed = ROW_COUNT;
  RETURN changed;
END $$;

-- The book needs a master key no more. LB032: there is none such; LB033: it is the newest; LB034: so
-- many parties have their key under it. Whoever puts keys in looks afterwards whether it was retired.
CREATE OR REPLACE FUNCTION retire_key(of_version integer, by_whom text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  person text := acting_person(by_whom, 'keys');
  found master_key;
  carried bigint;
  evidence jsonb := jsonb_build_object('key', of_version);
BEGIN
  LOCK TABLE master_key, party_key IN SHARE ROW EXCLUSIVE MODE;
  SELECT * INTO found FROM master_key WHERE version = of_version AND version > 0;
  IF found.version IS NULL THEN
    RAISE EXCEPTION 'there is no key %', of_version USING ERRCODE = 'LB032', DETAIL = evidence;
  END IF;
  IF found.retired_at IS NOT NULL THEN RETURN 'unchanged'; END IF;
  IF of_version = (SELECT max(version) FROM master_key) THEN
    RAISE EXCEPTION 'key % is the newest', of_version USING ERRCODE = 'LB033', DETAIL = evidence;
  END IF;
  SELECT count(*) INTO carried FROM party_key WHERE key_version(sealed) = of_version;
  IF carried > 0 THEN
    RAISE EXCEPTION 'key % is in use', of_version USING ERRCODE = 'LB034',
      DETAIL = evidence || jsonb_build_object('rule', 'no party has its key under it',
        'parties', carried);
  END IF;
  UPDATE master_key SET retired_at = now(), retired_by = person, changes = changes + 1,
      chained_on = NULL
    WHERE version = of_version;
  PERFORM write_audit('keys retire', of_version::text, '', NULL, NULL, person);
  RETURN 'retired';
END $$;

-- Destroys what is kept of a party: its key, its records and look-ups. Versions, days and loans stay.
-- No seal hashes them meanwhile. False: there was no key.
CREATE OR REPLACE FUNCTION destroy_party(of_bucket smallint, of_party text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  destroyed integer;
BEGIN
  PERFORM 1 FROM book FOR SHARE;
  PERFORM open_digests('party_key', of_bucket);
  PERFORM open_digests('party', of_bucket);
  DELETE FROM party_key WHERE bucket = (of_bucket) AND party_no = of_party;
  GET DIAGNOSTICS destroyed = ROW_COUNT;
  UPDATE party SET record = '', content = '', lookups = '{}'
    WHERE bucket = (of_bucket) AND party_no = of_party;
  RETURN destroyed > 0;
END $$;

-- Erases a party by the approval that is being granted. LB035: it is another one, or decided.
CREATE OR REPLACE FUNCTION erase_party(number integer, of_bucket smallint, of_party text,
  proof bytea, by_whom text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  asked approval := take_approval(number, by_whom);
BEGIN
  IF asked.status <> 'pending' OR asked.act <> 'party_erase' OR asked.subject <> of_party THEN
    RAISE EXCEPTION 'approval % is not of %', number, of_party USING ERRCODE = 'LB035',
      DETAIL = jsonb_build_object('approval', number, 'party', of_party, 'status', asked.status);
  END IF;
  PERFORM destroy_party(of_bucket, of_party);
  INSERT INTO party_erasure (bucket, party_no, erased_on, reason, maker, checker, proof)
    SELECT of_bucket, of_party, business_date, asked.payload ->> 'reason', asked.maker,
      acting_person(by_whom, 'party_erase_check'), erase_party.proof
    FROM book;
END $$;

-- Applies a row of the list of erasures again. `absent`: the book does not have the party, and takes
-- its number no more.
CREATE OR REPLACE FUNCTION replay_erasure(of_bucket smallint, of_party text, erased_on date,
  reason text, maker text, checker text, proof bytea, by_whom text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  had_key boolean;
BEGIN
  PERFORM acting_person(by_whom, 'erasures_replay');
  INSERT INTO party_erasure (bucket, party_no, erased_on, reason, maker, checker, proof)
    VALUES (of_bucket, of_party, replay_erasure.erased_on, replay_erasure.reason,
      replay_erasure.maker, replay_erasure.checker, replay_erasure.proof)
    ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN RETURN 'unchanged'; END IF;
  had_key := destroy_party(of_bucket, of_party);
  PERFORM write_audit('party replay-erasures', of_party, replay_erasure.reason, NULL,
    jsonb_build_object('erasedOn', replay_erasure.erased_on), by_whom);
  RETURN CASE WHEN had_key THEN 'erased' ELSE 'absent' END;
END $$;

CREATE OR REPLACE FUNCTION analyze_parties() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  ANALYZE party_key, party;
END $$;

REVOKE ALL ON FUNCTION keep_master_keys(jsonb, text),
  keep_next_key(integer, text, bytea, text), reseal_keys(smallint, text[], bytea[], bytea[], text),
  retire_key(integer, text), destroy_party(smallint, text),
  erase_party(integer, smallint, text, bytea, text),
  replay_erasure(smallint, text, date, text, text, text, bytea, text), analyze_parties() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_master_keys(jsonb, text),
  keep_next_key(integer, text, bytea, text), reseal_keys(smallint, text[], bytea[], bytea[], text),
  retire_key(integer, text), erase_party(integer, smallint, text, bytea, text),
  replay_erasure(smallint, text, date, text, text, text, bytea, text), analyze_parties()
  TO loanbook_batch;
