-- What the snapshots of a partner have posted to the tail account, which is the first line of their
-- entries; $1 is what their references begin with.
SELECT coalesce(sum(l.amount), 0)::bigint AS sum
FROM entry e JOIN entry_line l ON l.entry_id = e.entry_id AND l.line = 1
WHERE e.source = 'tolerance' AND starts_with(e.reference, $1)
