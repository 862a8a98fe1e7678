UPDATE bucket_counter c SET last_ordinal = given.ordinal, changes = c.changes + 1, chained_on = NULL
FROM (
  SELECT t.bucket_from + o.place - 1 AS bucket, o.ordinal
  FROM import_task t, unnest(t.ordinals) WITH ORDINALITY AS o (ordinal, place)
) AS given
WHERE c.bucket = given.bucket AND c.last_ordinal < given.ordinal
