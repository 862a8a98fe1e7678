-- What was disbursed by a day under a guarantee whose cap names no figure: $1 = groups, $2 = the day.
SELECT coalesce(sum(principal), 0) AS disbursed FROM loan
WHERE group_id = ANY ($1::integer[]) AND born_on <= $2
