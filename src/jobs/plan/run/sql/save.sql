-- Keeps an instance as it stands after something happened, all of it or nothing: nothing where
-- somebody wrote it since it was read, or holds it by another token. Times come as text.
WITH saved AS (
  UPDATE night SET state = $4, exit = $5, is_held = $6, changes = changes + 1,
    seen_at = CASE WHEN $3::uuid IS NULL THEN seen_at ELSE $7 END,
    holder = CASE WHEN $4 = 'running' THEN holder END,
    token = CASE WHEN $4 = 'running' THEN token END,
    lease_until = CASE WHEN $4 = 'running' THEN lease_until END,
    stop_by = CASE WHEN $4 = 'running' THEN stop_by END
  WHERE night_id = $1 AND changes = $2 AND ($3::uuid IS NULL OR token = $3)
  RETURNING night_id, state
), steps AS (
  INSERT INTO night_step (night_id, job, place, state, why, tries, not_before, is_held, told)
  SELECT night_id, s.job, s.place, s.state, s.why, s.tries, s.not_before, s.is_held, s.told
  FROM saved, jsonb_to_recordset($8) AS s (job text, place smallint, state text, why text,
    tries integer, not_before timestamptz, is_held boolean, told text[])
  ON CONFLICT (night_id, job) DO UPDATE SET state = excluded.state, why = excluded.why,
    tries = excluded.tries, not_before = excluded.not_before, is_held = excluded.is_held,
    told = excluded.told
), attempts AS (
  INSERT INTO night_attempt (night_id, job, number, began_at, ended_at, exit, process, log)
  SELECT night_id, a.job, a.number, a.began_at, a.ended_at, a.exit, a.process, a.log
  FROM saved, jsonb_to_recordset($9) AS a (job text, number integer, began_at timestamptz,
    ended_at timestamptz, exit smallint, process text, log text)
  ON CONFLICT (night_id, job, number) DO UPDATE
    SET ended_at = excluded.ended_at, exit = excluded.exit
), alarms AS (
  INSERT INTO night_alarm (night_id, at, job, kind)
  SELECT night_id, a.at, a.job, a.kind
  FROM saved, ROWS FROM (jsonb_to_recordset($10) AS (at timestamptz, job text, kind text))
    WITH ORDINALITY AS a (at, job, kind, place)
  ORDER BY a.place
), executions AS (
  UPDATE night_execution e SET ended_at = $7, exit = $5 FROM saved
  WHERE e.night_id = saved.night_id AND e.ended_at IS NULL AND saved.state <> 'running'
    AND $11::boolean
)
SELECT count(*)::integer AS saved FROM saved
