-- The register of files. A batch login writes it by these functions alone: what was taken stays taken,
-- and what is in quarantine leaves it by two persons. LB050: the file is not in the state that the
-- change begins from.

-- Rows of a look at the inbox that are new or another than before, by name; never one of a file that
-- was taken. `paired`: control files whose file has come, which have no row of their own. The caller
-- holds the lock of files.
CREATE OR REPLACE FUNCTION keep_look(looked_at timestamptz, of_day date, changed jsonb,
  paired text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  wrong text;
  last integer := coalesce((SELECT max(file_id) FROM inbox_file), 0);
  before timestamptz := (SELECT at FROM inbox_look);
BEGIN
  WITH r AS MATERIALIZED (
    SELECT * FROM jsonb_to_recordset(changed) AS r (name text, rule text, business_date date,
      state text, since timestamptz, size bigint, mtime text, unchanged_since timestamptz,
      sha256 text, reason text, duplicate_of text, is_late boolean, ready_sha256 text,
      keeps_release boolean)
  ), here AS MATERIALIZED (
    SELECT f.name, f.state, f.released_sha256 FROM inbox_file f JOIN r USING (name)
    WHERE f.state NOT IN ('taken', 'done', 'rejected')
  ), moved AS (
    UPDATE inbox_file f SET rule = r.rule, business_date = r.business_date, state = r.state,
      since = r.since, size = r.size, mtime = r.mtime, unchanged_since = r.unchanged_since,
      sha256 = r.sha256, reason = r.reason, duplicate_of = r.duplicate_of, is_late = r.is_late,
      ready_sha256 = r.ready_sha256,
      released_sha256 = CASE WHEN r.keeps_release THEN f.released_sha256 END,
      last_seen = CASE WHEN r.state = 'gone' THEN coalesce(f.last_seen, before) END
    FROM r WHERE f.name = r.name AND f.state NOT IN ('taken', 'done', 'rejected')
  ), added AS (
    INSERT INTO inbox_file (file_id, name, rule, business_date, state, since, size, mtime,
      unchanged_since, sha256, reason, duplicate_of, is_late, ready_sha256, first_seen)
    SELECT last + row_number() OVER (ORDER BY r.name), r.name, r.rule, r.business_date, r.state,
      r.since, r.size, r.mtime, r.unchanged_since, r.sha256, r.reason, r.duplicate_of, r.is_late,
      r.ready_sha256, looked_at
    FROM r LEFT JOIN here USING (name) WHERE here.name IS NULL
  )
  SELECT r.name INTO wrong FROM r LEFT JOIN here USING (name)
  WHERE r.state IN ('taken', 'done', 'rejected')
    OR (here.state = 'quarantined' AND here.released_sha256 IS NULL
      AND r.state NOT IN ('quarantined', 'gone', 'unexpected', 'lone_control')) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION 'a look does not make this of %', wrong USING ERRCODE = 'LB050';
  END IF;
  DELETE FROM inbox_file WHERE name = ANY (paired) AND state IN ('lone_control', 'unexpected', 'gone');
  INSERT INTO inbox_look (at, open_on) VALUES (looked_at, of_day)
    ON CONFLICT (only_one) DO UPDATE SET at = looked_at, open_on = of_day;
END $$;

-- Takes a ready file of this content, or puts one back whose content turned out to be another before
-- it lay in the work folder.
CREATE OR REPLACE FUNCTION take_file(number integer, content text, at_time timestamptz) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  UPDATE inbox_file SET state = 'taken', since = at_time, taken_at = at_time, last_seen = at_time
    WHERE file_id = number AND state = 'ready' AND sha256 = content;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'file % is not ready', number USING ERRCODE = 'LB050';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION settle_taking(number integer, is_in_work boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  IF is_in_work THEN
    UPDATE inbox_file SET in_work = true WHERE file_id = number AND state = 'taken';
  ELSE
    UPDATE inbox_file SET state = 'ready', since = unchanged_since, taken_at = NULL, last_seen = NULL
      WHERE file_id = number AND state = 'taken' AND NOT in_work;
  END IF;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'file % is not being taken', number USING ERRCODE = 'LB050';
  END IF;
END $$;

-- What became of a file in work. One that was rejected may be tried again.
CREATE OR REPLACE FUNCTION end_file(number integer, ends_as text, says text, at_time timestamptz)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  UPDATE inbox_file SET state = ends_as, since = at_time, ended_at = at_time, ended_by = says
    WHERE file_id = number AND in_work AND state IN ('taken', 'rejected')
      AND ends_as IN ('done', 'rejected');
  IF NOT FOUND THEN
    RAISE EXCEPTION 'file % is not in work', number USING ERRCODE = 'LB050';
  END IF;
END $$;

-- Lets the content that is held out of quarantine: the next look judges it anew.
CREATE OR REPLACE FUNCTION release_file(number integer, content text, maker text, checker text)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM acting_person(maker, 'file_release');
  PERFORM acting_person(checker, 'file_release_check');
  PERFORM two_persons(maker, checker, 'file_release');
  UPDATE inbox_file SET released_sha256 = content
    WHERE file_id = number AND state = 'quarantined' AND sha256 = content;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'file % is not held', number USING ERRCODE = 'LB050';
  END IF;
END $$;

-- Begins the release of a file for others. One that was begun with other content and never appeared is
-- begun anew.
CREATE OR REPLACE FUNCTION begin_release(of_name text, bytes bigint, content text,
  with_control text, saying text, correcting text, by_whom text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  INSERT INTO outbox_file (out_id, name, state, size, sha256, control_name, control_text, corrects,
      made_by, business_date, begun_at)
    SELECT coalesce((SELECT max(out_id) FROM outbox_file), 0) + 1, of_name, 'begun', bytes, content,
      with_control, saying, correcting, by_whom, b.business_date, clock_timestamp() FROM book b
    ON CONFLICT (name) DO UPDATE SET size = bytes, sha256 = content, control_name = with_control,
      control_text = saying, corrects = correcting, made_by = by_whom,
      business_date = excluded.business_date, begun_at = excluded.begun_at
      WHERE outbox_file.state = 'begun';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'file % is released', of_name USING ERRCODE = 'LB050';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION finish_release(of_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  UPDATE outbox_file SET state = 'released', released_at = clock_timestamp()
    WHERE name = of_name AND state = 'begun';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the release of % was not begun', of_name USING ERRCODE = 'LB050';
  END IF;
END $$;

-- Begins to take away a file that was taken and has ended, and ends it. Again it goes on with that.
CREATE OR REPLACE FUNCTION begin_removal(number integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  INSERT INTO file_removal (file_id, sha256, begun_at)
    SELECT file_id, sha256, clock_timestamp() FROM inbox_file
    WHERE file_id = number AND in_work AND state IN ('done', 'rejected')
    ON CONFLICT (file_id) DO UPDATE SET begun_at = excluded.begun_at
      WHERE file_removal.removed_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'file % is not in work', number USING ERRCODE = 'LB050';
  END IF;
END $$;

CREATE OR REPLACE FUNCTION finish_removal(number integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  UPDATE file_removal SET removed_at = clock_timestamp() WHERE file_id = number AND removed_at IS NULL;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'the removal of file % was not begun', number USING ERRCODE = 'LB050';
  END IF;
END $$;

REVOKE ALL ON FUNCTION keep_look(timestamptz, date, jsonb, text[]), take_file(integer, text, timestamptz),
  settle_taking(integer, boolean), end_file(integer, text, text, timestamptz),
  release_file(integer, text, text, text),
  begin_release(text, bigint, text, text, text, text, text), finish_release(text),
  begin_removal(integer), finish_removal(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_look(timestamptz, date, jsonb, text[]), take_file(integer, text, timestamptz),
  settle_taking(integer, boolean), end_file(integer, text, text, timestamptz),
  release_file(integer, text, text, text),
  begin_release(text, bigint, text, text, text, text, text), finish_release(text),
  begin_removal(integer), finish_removal(integer) TO loanbook_batch;
