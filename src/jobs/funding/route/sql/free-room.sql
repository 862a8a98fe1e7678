-- Frees the room of applications whose disbursement failed: on the day on which it was taken. What
-- was freed before stays so; which of them have none.
WITH freed AS (
  INSERT INTO funding_room (application_id, is_freed, plan, party, customer, amount, business_date)
  SELECT application_id, true, plan, party, customer, -amount, business_date FROM funding_room
  WHERE application_id = ANY ($1::text[]) AND NOT is_freed
  ON CONFLICT (application_id, is_freed) DO NOTHING
  RETURNING application_id
)
SELECT id AS "unknown", (SELECT count(*) FROM freed) AS freed FROM unnest($1::text[]) AS u (id)
WHERE NOT EXISTS (SELECT FROM funding_room r WHERE r.application_id = u.id AND NOT r.is_freed)
UNION ALL SELECT NULL, count(*) FROM freed
