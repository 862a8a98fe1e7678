-- A result of the channel $1 on its way in: $2 = its name, $3 = hash of its lines, $4 = their count,
-- $5 = their sum, $6 = the open day, $7 = who takes it. The lock of orders is held.
INSERT INTO payment_file (file_id, channel, name, lines_sha256, lines, amount, taken, business_date,
  taken_by)
SELECT coalesce(max(file_id), 0) + 1, $1, $2, $3, $4, $5::numeric, 0, $6::date, $7
FROM payment_file
RETURNING file_id AS file
