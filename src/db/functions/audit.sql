-- The only way into the audit. The row of its head is locked until the caller's transaction ends,
-- so that rows follow one another without a fork: call it last. Who acts: with personal logins who
-- is logged in, else the person named, by the session (`loanbook.by`) where not by the caller.
CREATE OR REPLACE FUNCTION write_audit(action text, subject text, reason text DEFAULT '',
  before jsonb DEFAULT NULL, after jsonb DEFAULT NULL, by_whom text DEFAULT NULL) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  head audit_head;
  who text := coalesce(nullif(btrim(by_whom), ''),
    nullif(current_setting('loanbook.by', true), ''), session_user);
  known text := CASE WHEN persons_in_use() THEN (SELECT b.logins FROM book b)
    ELSE 'unregistered' END;
  moment timestamptz;
BEGIN
  IF known = 'personal' THEN
    who := coalesce((SELECT p.name FROM person p WHERE p.login = session_user
      AND p.disabled_at IS NULL), session_user);
  END IF;
  SELECT * INTO STRICT head FROM audit_head FOR UPDATE;
  moment := clock_timestamp();
  head.audit_id := head.audit_id + 1;
  head.hash := audit_hash(head.hash, head.audit_id, moment, session_user, who, known,
    write_audit.action, write_audit.subject, write_audit.reason, write_audit.before,
    write_audit.after);
  INSERT INTO audit (audit_id, at, login, person, logins, action, subject, reason, before, after,
      hash)
    VALUES (head.audit_id, moment, session_user, who, known, write_audit.action,
      write_audit.subject, write_audit.reason, write_audit.before, write_audit.after, head.hash);
  UPDATE audit_head SET audit_id = head.audit_id, hash = head.hash;
  RETURN head.audit_id;
END $$;

REVOKE ALL ON FUNCTION write_audit(text, text, text, jsonb, jsonb, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION write_audit(text, text, text, jsonb, jsonb, text) TO loanbook_batch;
