-- Who may do what: every act with the roles of which one is enough. An administrator keeps the
-- persons and the keys, replays erasures, and may do nothing else. `<act>_check` is the second person's part of an act.
CREATE OR REPLACE FUNCTION acts() RETURNS TABLE (act text, roles text[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = loanbook, pg_temp AS $$
  SELECT a.act, a.roles::text[] FROM (VALUES
    ('person', '{administrator}'),
    ('logins', '{administrator}'),
    ('keys', '{administrator}'),
    ('party_reveal', '{operator,risk}'),
    ('party_erase', '{operator,risk}'),
    ('party_erase_check', '{risk}'),
    ('erasures_replay', '{administrator}'),
    ('import', '{operator}'),
    ('import_cancel', '{operator}'),
    ('files', '{operator}'),
    ('file_release', '{operator}'),
    ('file_release_check', '{operator,risk,finance}'),
    ('payment', '{operator}'),
    ('payment_release', '{operator,finance}'),
    ('payment_release_check', '{operator,finance}'),
    ('eod_run', '{operator}'),
    ('eod_discard', '{operator}'),
    ('plan', '{operator}'),
    ('night', '{operator}'),
    ('night_skip', '{operator}'),
    ('night_skip_check', '{operator,risk}'),
    ('calendar', '{operator,risk}'),
    ('product', '{risk}'),
    ('product_check', '{risk}'),
    ('policy', '{risk}'),
    ('policy_check', '{risk}'),
    ('ledger', '{finance}'),
    ('ledger_check', '{finance}'),
    ('channel', '{finance}'),
    ('partner', '{finance,risk}'),
    ('settlement', '{operator,finance}'),
    ('funding_route', '{operator,risk}'),
    ('funding_assign', '{finance,risk}'),
    ('funding_assign_check', '{finance,risk}'),
    ('impairment', '{finance,risk}'),
    ('impairment_run', '{finance,risk}'),
    ('voucher', '{finance}'),
    ('voucher_check', '{finance}'),
    ('statement', '{operator,finance}'),
    ('statement_replace', '{operator,finance}'),
    ('statement_replace_check', '{finance}'),
    ('break_assign', '{operator,finance}'),
    ('break_resolve', '{operator,finance}'),
    ('break_resolve_check', '{finance}'),
    ('period_close', '{finance}'),
    ('period_reopen', '{finance}'),
    ('period_reopen_check', '{finance}')
  ) AS a (act, roles)
$$;

-- Null: there is no such act.
CREATE OR REPLACE FUNCTION act_roles(act text) RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE SET search_path = loanbook, pg_temp AS $$
  SELECT a.roles FROM acts() a WHERE a.act = act_roles.act
$$;

-- A person counts from the first role on: names of before have none.
CREATE OR REPLACE FUNCTION persons_in_use() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT EXISTS (SELECT FROM person WHERE roles <> '{}')
$$;

-- Whether who acts is who is logged in.
CREATE OR REPLACE FUNCTION logins_prove() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT persons_in_use() AND coalesce((SELECT logins = 'personal' FROM book), false)
$$;

-- The canonical name of who acts. LB020 nobody such, LB021 disabled, LB022 no role for the act,
-- LB023 another one is logged in; the evidence is JSON in DETAIL. While no person is registered any
-- name is taken as it is.
CREATE OR REPLACE FUNCTION acting_person(by_whom text, act text) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  needed text[] := act_roles(act);
  said text := btrim(coalesce(by_whom, ''));
  found person;
  evidence jsonb := jsonb_build_object('person', said, 'act', act);
BEGIN
  IF needed IS NULL THEN
    RAISE EXCEPTION 'there is no act %', act USING ERRCODE = 'LB029';
  END IF;
  IF NOT persons_in_use() THEN RETURN said; END IF;
  IF logins_prove() THEN
    evidence := evidence || jsonb_build_object('login', session_user);
    SELECT * INTO found FROM person WHERE login = session_user
      ORDER BY disabled_at DESC NULLS FIRST LIMIT 1;
    IF found.person_id IS NOT NULL AND said <> '' AND person_key(said) <> found.name_key THEN
      RAISE EXCEPTION 'the login % is %, not %', session_user, found.name, said
        USING ERRCODE = 'LB023', DETAIL = evidence || jsonb_build_object('loggedIn', found.name);
    END IF;
  ELSE
    SELECT * INTO found FROM person WHERE name_key = person_key(said);
  END IF;
  IF found.person_id IS NULL THEN
    RAISE EXCEPTION 'no person is called "%"', said USING ERRCODE = 'LB020', DETAIL = evidence;
  END IF;
  evidence := evidence || jsonb_build_object('person', found.name);
  IF found.disabled_at IS NOT NULL THEN
    RAISE EXCEPTION '% is disabled', found.name USING ERRCODE = 'LB021',
      DETAIL = evidence || jsonb_build_object('disabledBy', found.disabled_by);
  END IF;
  IF NOT found.roles && needed THEN
    RAISE EXCEPTION '% has no role for %', found.name, act USING ERRCODE = 'LB022',
      DETAIL = evidence || jsonb_build_object('roles', array_to_string(found.roles, ', '),
        'needed', array_to_string(needed, ' or '));
  END IF;
  RETURN found.name;
END $$;

-- LB024: maker and checker are the same person or, with personal logins, the same login.
CREATE OR REPLACE FUNCTION two_persons(maker text, checker text, act text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  evidence jsonb := jsonb_build_object('maker', maker, 'checker', checker, 'act', act);
  shared_login text;
BEGIN
  IF coalesce(person_key(maker), '') = coalesce(person_key(checker), '') THEN
    RAISE EXCEPTION '% makes and checks %', maker, act USING ERRCODE = 'LB024', DETAIL = evidence;
  END IF;
  IF NOT logins_prove() THEN RETURN; END IF;
  SELECT m.login INTO shared_login FROM person m JOIN person c USING (login)
    WHERE m.name_key = person_key(maker) AND c.name_key = person_key(checker);
  IF FOUND THEN
    RAISE EXCEPTION '% and % are one login', maker, checker USING ERRCODE = 'LB024',
      DETAIL = evidence || jsonb_build_object('login', shared_login);
  END IF;
END $$;

-- Names that made or checked something before persons were registered, and are none yet.
CREATE OR REPLACE FUNCTION bind_persons() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  INSERT INTO person (name, roles, added_by)
  SELECT DISTINCT ON (person_key(name)) name, '{}'::text[], 'known from before' FROM (
    SELECT maker AS name FROM entry UNION SELECT checker FROM entry
    UNION SELECT made_by FROM voucher_file UNION SELECT made_by FROM voucher_decision
    UNION SELECT made_by FROM period_event UNION SELECT made_by FROM impairment_run
    UNION SELECT maker FROM statement UNION SELECT release_by FROM statement
    UNION SELECT by_whom FROM break_action UNION SELECT checker FROM break_action
    UNION SELECT maker FROM approval UNION SELECT checker FROM approval
  ) AS known WHERE person_key(name) <> '' ORDER BY person_key(name), name COLLATE "C"
  ON CONFLICT DO NOTHING
$$;

-- The last enabled administrator stays: LB025. Call it when a change of persons is done.
CREATE OR REPLACE FUNCTION require_administrator(changed text) RETURNS void
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM person WHERE disabled_at IS NULL AND 'administrator' = ANY (roles)
      AND (login IS NOT NULL OR NOT logins_prove())) THEN
    RAISE EXCEPTION '% is the last administrator', changed USING ERRCODE = 'LB025',
      DETAIL = jsonb_build_object('person', changed);
  END IF;
END $$;

-- What the audit shows of a person.
CREATE OR REPLACE FUNCTION person_state(p person) RETURNS jsonb
LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN p.person_id IS NOT NULL THEN jsonb_build_object('roles', to_jsonb(p.roles),
    'login', p.login, 'disabled', p.disabled_at IS NOT NULL) END
$$;

-- Adds a person, or gives one that is there these roles and this login. LB026: no such login;
-- LB027: logins are personal, and none is named; LB028: it is another person's. The first one becomes an
-- administrator too, whoever asks.
CREATE OR REPLACE FUNCTION add_person(called text, with_roles text[], of_login text, by_whom text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  is_first boolean;
  proves boolean := coalesce((SELECT logins = 'personal' FROM book), false);
  earlier person;
  made person;
  who text := by_whom;
BEGIN
  LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE;
  is_first := NOT persons_in_use();
  IF is_first THEN
    PERFORM bind_persons();
    who := CASE WHEN coalesce(person_key(by_whom), '') IN ('', person_key(called)) THEN called
      ELSE by_whom END;
    with_roles := array_append(array_remove(with_roles, 'administrator'), 'administrator');
    IF proves THEN of_login := coalesce(of_login, session_user); END IF;
  ELSE
    who := acting_person(by_whom, 'person');
  END IF;
  SELECT * INTO earlier FROM person WHERE name_key = person_key(called);
  of_login := coalesce(of_login, earlier.login);
  IF proves AND of_login IS NULL THEN
    RAISE EXCEPTION '% has no login', called USING ERRCODE = 'LB027',
      DETAIL = jsonb_build_object('person', called);
  END IF;
  IF is_first AND proves AND of_login <> session_user THEN
    RAISE EXCEPTION 'the first person is who is logged in' USING ERRCODE = 'LB023',
      DETAIL = jsonb_build_object('person', called, 'login', of_login, 'loggedIn', session_user);
  END IF;
  IF of_login IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_roles
      WHERE rolname = of_login AND rolcanlogin) THEN
    RAISE EXCEPTION 'the server has no login %', of_login USING ERRCODE = 'LB026',
      DETAIL = jsonb_build_object('person', called, 'login', of_login);
  END IF;
  IF EXISTS (SELECT FROM person WHERE login = of_login AND disabled_at IS NULL
      AND name_key <> person_key(called)) THEN
    RAISE EXCEPTION 'the login % is another person', of_login USING ERRCODE = 'LB028',
      DETAIL = jsonb_build_object('person', called, 'login', of_login);
  END IF;
  IF earlier.person_id IS NULL THEN
    INSERT INTO person (name, roles, login, added_by)
      VALUES (called, with_roles, of_login, who) RETURNING * INTO made;
  ELSIF earlier.disabled_at IS NULL AND earlier.roles @> with_roles AND earlier.roles <@ with_roles
      AND earlier.login IS NOT DISTINCT FROM of_login THEN
    RETURN 'unchanged';
  ELSE
    -- A name of before is written as the administrator writes it.
    UPDATE person SET name = CASE WHEN roles = '{}' THEN called ELSE name END, roles = with_roles,
        login = of_login, disabled_at = NULL, disabled_by = NULL, changes = changes + 1,
        chained_on = NULL
      WHERE person_id = earlier.person_id RETURNING * INTO made;
  END IF;
  PERFORM require_administrator(called);
  PERFORM write_audit('person add', made.name, '', person_state(earlier), person_state(made), who);
  RETURN CASE WHEN earlier.person_id IS NULL THEN 'added' ELSE 'changed' END;
END $$;

CREATE OR REPLACE FUNCTION disable_person(called text, by_whom text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  earlier person;
  made person;
  who text;
BEGIN
  LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE;
  who := acting_person(by_whom, 'person');
  SELECT * INTO earlier FROM person WHERE name_key = person_key(called);
  IF NOT FOUND THEN
    RAISE EXCEPTION 'no person is called "%"', called USING ERRCODE = 'LB020',
      DETAIL = jsonb_build_object('person', called);
  END IF;
  IF earlier.disabled_at IS NOT NULL THEN RETURN 'unchanged'; END IF;
  UPDATE person SET disabled_at = now(), disabled_by = who, changes = changes + 1,
      chained_on = NULL
    WHERE person_id = earlier.person_id
    RETURNING * INTO made;
  PERFORM require_administrator(earlier.name);
  PERFORM write_audit('person disable', made.name, '', person_state(earlier), person_state(made),
    who);
  RETURN 'disabled';
END $$;

-- Who turns personal logins on must be able to go on by the own login: LB023 else.
CREATE OR REPLACE FUNCTION set_logins(new_logins text, by_whom text)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  who text;
  earlier text;
BEGIN
  LOCK TABLE person IN SHARE ROW EXCLUSIVE MODE;
  IF NOT persons_in_use() THEN
    RAISE EXCEPTION 'no persons are registered' USING ERRCODE = 'LB020',
      DETAIL = jsonb_build_object('person', by_whom);
  END IF;
  who := acting_person(by_whom, 'logins');
  SELECT logins INTO earlier FROM book;
  IF earlier = new_logins THEN RETURN 'unchanged'; END IF;
  IF new_logins = 'personal' AND NOT EXISTS (SELECT FROM person WHERE name_key = person_key(who)
      AND login = session_user) THEN
    RAISE EXCEPTION '% does not have the login %', who, session_user USING ERRCODE = 'LB023',
      DETAIL = jsonb_build_object('person', who, 'login', session_user);
  END IF;
  UPDATE book SET logins = new_logins, changes = changes + 1, chained_on = NULL;
  PERFORM write_audit('person logins', new_logins, '', jsonb_build_object('logins', earlier),
    jsonb_build_object('logins', new_logins), who);
  RETURN 'changed';
END $$;

-- Makers and checkers that were told apart as text and are one person by name: nothing proves that
-- two persons were at it.
CREATE OR REPLACE FUNCTION unproven_pairs()
RETURNS TABLE (what text, subject text, maker text, checker text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT p.what, p.subject, p.maker, p.checker FROM (
    SELECT 'entry' AS what, e.source || ' ' || e.reference AS subject, e.maker, e.checker
    FROM entry e WHERE e.checker IS NOT NULL
    UNION ALL
    SELECT 'voucher', d.voucher_id::text, f.made_by, d.made_by FROM voucher_decision d
    JOIN manual_voucher USING (voucher_id) JOIN voucher_file f USING (voucher_file_id)
    UNION ALL
    SELECT 'statement', t.code || '/' || t.statement_date || '/' || t.revision, t.maker,
      t.release_by FROM statement t WHERE t.release_by IS NOT NULL
    UNION ALL
    SELECT 'break', a.break_id::text, a.by_whom, a.checker FROM break_action a
    WHERE a.checker IS NOT NULL
  ) AS p WHERE person_key(p.maker) = person_key(p.checker) ORDER BY 1, 2
$$;

REVOKE ALL ON FUNCTION acts(), act_roles(text), persons_in_use(), logins_prove(), acting_person(text, text),
  two_persons(text, text, text), bind_persons(), require_administrator(text), person_state(person),
  add_person(text, text[], text, text), disable_person(text, text), set_logins(text, text),
  unproven_pairs() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION acts(), act_roles(text), persons_in_use(), logins_prove(),
  acting_person(text, text), two_persons(text, text, text), add_person(text, text[], text, text),
  disable_person(text, text), set_logins(text, text), unproven_pairs() TO loanbook_batch;
