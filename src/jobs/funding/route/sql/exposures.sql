-- What customers have of each party over all its plans.
SELECT party, customer, sum(amount) AS amount FROM funding_room
WHERE party = ANY ($1::text[]) GROUP BY party, customer HAVING sum(amount) <> 0
