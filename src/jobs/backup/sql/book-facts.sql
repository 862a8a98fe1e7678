-- What a backup is of. It reads what every version of the book has had, so that a backup can be
-- taken before an upgrade too.
SELECT b.entity, b.currency, b.first_business_date AS "firstBusinessDate",
  b.business_date AS "businessDate",
  (SELECT system_identifier::text FROM pg_control_system()) AS system,
  current_database() AS database, current_setting('server_version') AS server,
  (SELECT max(version) FROM migration) AS schema,
  s.business_date AS "sealedDay", encode(s.chain_hash, 'hex') AS "chainHash"
FROM book b
LEFT JOIN LATERAL (
  SELECT business_date, chain_hash FROM sealed_day ORDER BY business_date DESC LIMIT 1
) s ON true
