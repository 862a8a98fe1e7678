-- The jobs of every plan at a business date as their last attempts left them, with what each took in
-- the median of the ten nights before in which it was done; one row without a job for a night that
-- has not begun.
SELECT n.plan, s.job, coalesce(s.state, n.state) AS state, s.why,
  to_char(n.due_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS due,
  to_char(a.began_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS began,
  to_char(a.ended_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS ended,
  round(extract(epoch FROM a.ended_at - a.began_at))::integer AS seconds,
  round(usual.seconds)::integer AS usual
FROM night n LEFT JOIN night_step s USING (night_id)
  LEFT JOIN LATERAL (
    SELECT began_at, ended_at FROM night_attempt a WHERE a.night_id = s.night_id AND a.job = s.job
    ORDER BY number DESC LIMIT 1) AS a ON true
  LEFT JOIN LATERAL (
    SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY seconds) AS seconds FROM (
      SELECT extract(epoch FROM l.ended_at - l.began_at) AS seconds
      FROM night b JOIN night_step t USING (night_id) JOIN LATERAL (
        SELECT * FROM night_attempt a WHERE a.night_id = t.night_id AND a.job = t.job
        ORDER BY number DESC LIMIT 1) AS l ON true
      WHERE b.plan = n.plan AND b.business_date < n.business_date AND t.job = s.job
        AND t.state = 'done' AND l.ended_at IS NOT NULL
      ORDER BY b.business_date DESC LIMIT 10) AS last) AS usual ON true
WHERE n.business_date = $1
ORDER BY n.due_at, n.plan, s.place
