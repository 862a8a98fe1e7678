-- Rows of room that are taken, in the order of these arrays; one that is known already is left out.
INSERT INTO funding_room (application_id, is_freed, plan, party, customer, amount, business_date)
SELECT id, false, plan, party, customer, amount, $6::date
FROM unnest($1::text[], $2::text[], $3::text[], $4::bytea[], $5::bigint[])
  AS u (id, plan, party, customer, amount)
ON CONFLICT (application_id, is_freed) DO NOTHING
