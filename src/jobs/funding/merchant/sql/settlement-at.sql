-- How the last settlement of the merchant $1 that was due by the day $2 left it.
SELECT carried_out AS carried, negative_since AS "negativeSince",
  coalesce((SELECT sum(l) FROM unnest(held_left) AS l), 0)::bigint AS held
FROM merchant_settlement WHERE merchant = $1 AND due_on <= $2 ORDER BY number DESC LIMIT 1
