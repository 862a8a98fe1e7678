-- How long each job of a plan took in the last ten nights in which it was done: the median.
SELECT job, (percentile_cont(0.5) WITHIN GROUP (ORDER BY ms))::bigint AS ms
FROM (
  SELECT a.job, extract(epoch FROM a.ended_at - a.began_at) * 1000 AS ms,
    row_number() OVER (PARTITION BY a.job ORDER BY n.business_date DESC) AS place
  FROM night n JOIN night_step s USING (night_id) JOIN LATERAL (
    SELECT * FROM night_attempt a WHERE a.night_id = s.night_id AND a.job = s.job
    ORDER BY number DESC LIMIT 1) AS a ON true
  WHERE n.plan = $1 AND s.state = 'done' AND a.ended_at IS NOT NULL
) AS last WHERE place <= 10 GROUP BY job
