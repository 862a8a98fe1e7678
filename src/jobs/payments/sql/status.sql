-- By channel and state: orders, what they ask for, what was collected, and the oldest day.
SELECT channel, state, count(*)::int4 AS orders, sum(amount)::float8 AS amount,
  sum(collected)::float8 AS collected, min(asked_on)::text AS "oldest"
FROM payment_order WHERE $1::text IS NULL OR channel = $1
GROUP BY channel, state ORDER BY channel, state
