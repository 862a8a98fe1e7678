-- An instance with its steps and attempts, times in milliseconds.
SELECT n.night_id AS "nightId", n.plan, n.business_date AS date, n.state, n.exit, n.version,
  n.calendar, n.is_held AS "isHeld", n.changes, n.holder, n.token, n.stop_by AS "stopBy",
  coalesce(n.lease_until > clock_timestamp(), false) AS "isLeased",
  (extract(epoch FROM n.due_at) * 1000)::bigint AS due,
  (extract(epoch FROM n.seen_at) * 1000)::bigint AS "seenAt",
  coalesce((SELECT json_agg(json_build_object('job', s.job, 'state', s.state, 'why', s.why,
      'tries', s.tries, 'notBefore', (extract(epoch FROM s.not_before) * 1000)::bigint,
      'isHeld', s.is_held, 'told', s.told,
      'attempts', coalesce((SELECT json_agg(json_build_object(
          'from', (extract(epoch FROM a.began_at) * 1000)::bigint,
          'to', (extract(epoch FROM a.ended_at) * 1000)::bigint, 'exit', a.exit,
          'process', a.process, 'log', a.log) ORDER BY a.number)
        FROM night_attempt a WHERE a.night_id = s.night_id AND a.job = s.job), '[]'))
      ORDER BY s.place)
    FROM night_step s WHERE s.night_id = n.night_id), '[]') AS steps
FROM night n WHERE n.night_id = $1
