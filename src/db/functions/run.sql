-- Runs, their sessions and their end. The batch role writes neither the sessions nor the status of
-- a run itself.

-- The first key of the advisory locks by which sessions of runs are known.
CREATE OR REPLACE FUNCTION run_session_class() RETURNS integer
LANGUAGE sql IMMUTABLE AS $$ SELECT 5262667 $$;

-- Keeps the calling session with a run that the token holds. LB002: it is another's by now.
CREATE OR REPLACE FUNCTION keep_session(of_run integer, holder_token uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  own integer := nullif(current_setting('loanbook.session', true), '')::integer;
BEGIN
  PERFORM 1 FROM run WHERE run_id = of_run AND token = holder_token AND status = 'open';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'run % no longer belongs to this process', of_run USING ERRCODE = 'LB002';
  END IF;
  IF own IS NULL THEN
    own := nextval('run_session_number');
    PERFORM pg_advisory_lock_shared(run_session_class(), own);
    PERFORM set_config('loanbook.session', own::text, false);
  END IF;
  INSERT INTO run_session (run_id, token, pid, number)
    VALUES (of_run, holder_token, pg_backend_pid(), own) ON CONFLICT DO NOTHING;
END $$;

-- The live sessions of a run whose holder lost it: another has the token, or the lease ran out.
CREATE OR REPLACE FUNCTION lost_sessions(of_run integer) RETURNS TABLE (pid integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT DISTINCT s.pid
  FROM run r JOIN run_session s USING (run_id)
  JOIN pg_locks l ON l.pid = s.pid AND l.locktype = 'advisory' AND l.granted AND l.objsubid = 2
    AND l.classid = run_session_class()::oid AND l.objid = s.number::oid
    AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
  WHERE r.run_id = of_run AND s.pid <> pg_backend_pid()
    AND (s.token IS DISTINCT FROM r.token
      OR r.status = 'open' AND coalesce(r.lease_until <= clock_timestamp(), true))
$$;

-- Ends them with the rights of whoever calls; `ended` is false where those do not suffice.
CREATE OR REPLACE FUNCTION end_lost_sessions(of_run integer)
RETURNS TABLE (pid integer, ended boolean)
LANGUAGE plpgsql SET search_path = loanbook, pg_temp AS $$
BEGIN
  FOR pid IN SELECT s.pid FROM lost_sessions(of_run) s LOOP
    BEGIN
      ended := pg_terminate_backend(pid);
    EXCEPTION WHEN insufficient_privilege THEN
      ended := false;
    END;
    RETURN NEXT;
  END LOOP;
END $$;

-- The same with the owner's rights, for a login that may not end the sessions of another one.
CREATE OR REPLACE FUNCTION end_lost_sessions_as_owner(of_run integer)
RETURNS TABLE (pid integer, ended boolean)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT * FROM end_lost_sessions(of_run)
$$;

-- Ends a run that is no close; in the transaction of its last phase it fences that one, too.
CREATE OR REPLACE FUNCTION end_run(of_run integer, holder_token uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  UPDATE run SET status = 'done', finished_at = clock_timestamp(), lease_until = NULL
    WHERE run_id = of_run AND token = holder_token AND status = 'open' AND job <> 'eod';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'run % no longer belongs to this process', of_run USING ERRCODE = 'LB002';
  END IF;
  UPDATE execution SET ended_at = clock_timestamp(), outcome = 'done', message = ''
    WHERE run_id = of_run AND ended_at IS NULL;
  DELETE FROM run_session WHERE run_id = of_run;
END $$;

REVOKE ALL ON FUNCTION keep_session(integer, uuid), lost_sessions(integer),
  end_lost_sessions(integer), end_lost_sessions_as_owner(integer), end_run(integer, uuid)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_session(integer, uuid), lost_sessions(integer),
  end_lost_sessions(integer), end_lost_sessions_as_owner(integer), end_run(integer, uuid)
  TO loanbook_batch;
