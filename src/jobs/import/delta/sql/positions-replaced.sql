-- Positions of the book whose places the staged ones take; with one nothing else goes.
SELECT count(*) AS replaced, 0::bigint AS "positionsDropped", 0::bigint AS "eventsDropped"
FROM stage s JOIN opening_position o ON o.bucket = s.bucket AND o.loan_id = s.loan_id
