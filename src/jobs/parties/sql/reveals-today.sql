-- $1 = the book's zone. Of who wrote the last row of the audit, on the calendar day of the book.
SELECT count(*) AS reveals FROM audit a, audit_head h JOIN audit last ON last.audit_id = h.audit_id
WHERE a.action = 'party reveal' AND person_key(a.person) = person_key(last.person)
  AND a.at >= date_trunc('day', last.at, $1::text)
