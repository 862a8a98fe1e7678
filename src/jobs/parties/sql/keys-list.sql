SELECT CASE k.version WHEN 0 THEN 'lookup' ELSE k.version::text END AS key, k.suite,
  CASE WHEN k.version = 0 THEN 'look-ups'
    WHEN k.retired_at IS NOT NULL THEN 'retired'
    WHEN k.version = (SELECT max(version) FROM master_key) THEN 'seals what is new'
    ELSE 'opens what it sealed' END AS use,
  coalesce(n.parties, 0) AS parties,
  to_char(k.made_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "madeAt", k.made_by AS "madeBy",
  to_char(k.retired_at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS "retiredAt"
FROM master_key k LEFT JOIN (
  SELECT key_version(sealed) AS version, count(*) AS parties FROM party_key GROUP BY 1
) AS n ON n.version = k.version AND k.version > 0
ORDER BY k.version
