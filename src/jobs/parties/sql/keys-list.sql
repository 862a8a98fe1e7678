-- The version of the key stands in the second and third byte of what it sealed.
SELECT CASE k.version WHEN 0 THEN 'lookup' ELSE k.version::text END AS key, k.suite,
  CASE WHEN k.version = 0 THEN 'look-ups'
    WHEN k.version = (SELECT max(version) FROM master_key) THEN 'seals what is new'
    ELSE 'opens what it sealed' END AS use,
  coalesce(n.parties, 0) AS parties,
  to_char(k.made_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "madeAt", k.made_by AS "madeBy"
FROM master_key k LEFT JOIN (
  SELECT get_byte(sealed, 1) * 256 + get_byte(sealed, 2) AS version, count(*) AS parties
  FROM party_key GROUP BY 1
) AS n ON n.version = k.version AND k.version > 0
ORDER BY k.version
