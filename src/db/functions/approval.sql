-- Acts that wait for a second person. What needs one is said by the policy in force on the open day;
-- a voucher, an erasure, a job that is skipped, a file in quarantine and an order in flight always do.
CREATE OR REPLACE FUNCTION approval_mode(act text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT CASE WHEN act IN ('voucher', 'party_erase', 'night_skip', 'file_release',
      'payment_release', 'funding_assign')
      THEN 'two_persons'
    ELSE coalesce((
    SELECT p.document::jsonb -> 'approvals' ->> act FROM policy_version p, book b
    ORDER BY p.effective_from <= b.business_date DESC,
      CASE WHEN p.effective_from <= b.business_date THEN p.effective_from END DESC,
      p.effective_from LIMIT 1), 'none') END
$$;

-- Returns the number under which the act waits; the same asked again by its maker has the same one.
-- LB041: something else waits for the same subject.
CREATE OR REPLACE FUNCTION ask_approval(kind text, of_subject text, asked jsonb, state text,
  by_whom text) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  who text := acting_person(by_whom, kind);
  number integer;
  waiting approval;
BEGIN
  INSERT INTO approval (act, subject, payload, against, maker, maker_login)
    VALUES (kind, of_subject, asked, state, who, session_user)
    ON CONFLICT (act, subject) WHERE status = 'pending' DO NOTHING
    RETURNING approval_id INTO number;
  IF number IS NULL THEN
    SELECT * INTO waiting FROM approval
      WHERE act = kind AND subject = of_subject AND status = 'pending' FOR UPDATE;
    IF waiting.payload = asked AND person_key(waiting.maker) = person_key(who) THEN
      RETURN waiting.approval_id;
    END IF;
    RAISE EXCEPTION '% % waits already', kind, of_subject USING ERRCODE = 'LB041',
      DETAIL = jsonb_build_object('approval', waiting.approval_id, 'maker', waiting.maker,
        'subject', of_subject);
  END IF;
  PERFORM write_audit('approval ask', number::text, '', NULL, jsonb_build_object('act', kind,
    'subject', of_subject, 'asked', encode(sha256(convert_to(asked::text, 'UTF8')), 'hex')), who);
  RETURN number;
END $$;

-- The vouchers of a file wait, each by itself.
CREATE OR REPLACE FUNCTION ask_vouchers(of_file integer, by_whom text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  who text := acting_person(by_whom, 'voucher');
BEGIN
  INSERT INTO approval (act, subject, payload, maker, maker_login)
    SELECT 'voucher', v.voucher_id::text, jsonb_build_object('voucherNo', v.voucher_no), who,
      session_user
    FROM manual_voucher v JOIN voucher_file f USING (voucher_file_id)
    WHERE voucher_file_id = of_file AND person_key(f.made_by) = person_key(who)
    ORDER BY v.voucher_id;
  PERFORM write_audit('voucher import', f.voucher_file_id::text, '', NULL,
      jsonb_build_object('name', f.name, 'sha256', f.sha256, 'vouchers', (SELECT count(*)
        FROM manual_voucher v WHERE v.voucher_file_id = f.voucher_file_id)), who)
    FROM voucher_file f WHERE f.voucher_file_id = of_file;
END $$;

-- An approval as it stands, which nobody else decides until the transaction ends; who decides it is
-- another person than its maker. LB040: there is none.
CREATE OR REPLACE FUNCTION take_approval(number integer, by_whom text) RETURNS approval
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  found approval;
  who text;
BEGIN
  SELECT * INTO found FROM approval WHERE approval_id = number FOR UPDATE;
  IF found.approval_id IS NULL THEN
    RAISE EXCEPTION 'there is no approval %', number USING ERRCODE = 'LB040',
      DETAIL = jsonb_build_object('approval', number);
  END IF;
  IF found.status <> 'pending' THEN RETURN found; END IF;
  who := acting_person(by_whom, found.act || '_check');
  PERFORM two_persons(found.maker, who, found.act);
  IF logins_prove() AND found.maker_login = session_user THEN
    RAISE EXCEPTION '% was asked by this login', number USING ERRCODE = 'LB024',
      DETAIL = jsonb_build_object('maker', found.maker, 'checker', who, 'login', session_user);
  END IF;
  RETURN found;
END $$;

-- LB042: it is decided already.
CREATE OR REPLACE FUNCTION decide_approval(number integer, decision text, by_whom text, why text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  found approval := take_approval(number, by_whom);
  who text;
BEGIN
  IF found.status <> 'pending' THEN
    RAISE EXCEPTION 'approval % is % already', number, found.status USING ERRCODE = 'LB042',
      DETAIL = jsonb_build_object('approval', number, 'status', found.status,
        'by', found.checker);
  END IF;
  who := acting_person(by_whom, found.act || '_check');
  UPDATE approval SET changes = changes + 1, chained_on = NULL, status = decision, checker = who,
    checker_login = session_user,
    reason = why, decided_at = clock_timestamp() WHERE approval_id = number;
  PERFORM write_audit('approval ' || CASE decision WHEN 'granted' THEN 'grant' ELSE 'refuse' END,
    number::text, why, jsonb_build_object('status', 'pending'), jsonb_build_object('status',
      decision, 'act', found.act, 'subject', found.subject, 'maker', found.maker), who);
END $$;

-- A second person that the maker names in the same command: possible where logins are shared. With
-- personal ones LB023: the second person is not logged in.
CREATE OR REPLACE FUNCTION note_approval(kind text, of_subject text, asked jsonb, made_by text,
  checked_by text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  who text := acting_person(made_by, kind);
  second text := acting_person(checked_by, kind || '_check');
  number integer;
BEGIN
  PERFORM two_persons(who, second, kind);
  INSERT INTO approval (act, subject, payload, maker, maker_login, status, checker, checker_login,
      decided_at)
    VALUES (kind, of_subject, asked, who, session_user, 'granted', second, session_user, now())
    RETURNING approval_id INTO number;
  PERFORM write_audit('approval grant', number::text, '', NULL, jsonb_build_object('status',
    'granted', 'act', kind, 'subject', of_subject, 'maker', who), second);
END $$;

REVOKE ALL ON FUNCTION approval_mode(text), ask_approval(text, text, jsonb, text, text),
  ask_vouchers(integer, text), take_approval(integer, text),
  decide_approval(integer, text, text, text), note_approval(text, text, jsonb, text, text)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION approval_mode(text), ask_approval(text, text, jsonb, text, text),
  ask_vouchers(integer, text), take_approval(integer, text),
  decide_approval(integer, text, text, text), note_approval(text, text, jsonb, text, text)
  TO loanbook_batch;
