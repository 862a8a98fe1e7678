-- Takes alarms that nobody sends, or whose sender is dead ($3), for a while, oldest first; $4 null:
-- of every plan. What another takes at this moment is left to it.
UPDATE night_alarm a SET taken_by = $1,
  taken_until = clock_timestamp() + make_interval(secs => $2)
FROM night n, book b
WHERE n.night_id = a.night_id AND a.alarm_id IN (
  SELECT f.alarm_id FROM night_alarm f JOIN night g USING (night_id)
  WHERE f.settled_at IS NULL AND ($4::text IS NULL OR g.plan = $4)
    AND (f.taken_until IS NULL OR f.taken_until <= clock_timestamp() OR f.taken_by = ANY ($3))
  ORDER BY f.alarm_id LIMIT $5 FOR UPDATE OF f SKIP LOCKED)
RETURNING a.alarm_id AS "alarmId", b.entity AS book, n.plan, n.version, n.business_date AS date,
  a.job, a.kind, to_char(a.at, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') AS at, a.sent
