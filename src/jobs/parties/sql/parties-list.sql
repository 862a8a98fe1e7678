-- $1, $2 = behind this number, so many. By the last version of each.
SELECT k.party_no AS party, p.version, p.record, k.sealed, p.entered_on::text AS "enteredOn"
FROM (
  SELECT bucket, party_no, sealed FROM party_key WHERE party_no > $1 ORDER BY party_no LIMIT $2
) AS k CROSS JOIN LATERAL (
  SELECT version, record, entered_on FROM party p
  WHERE p.bucket = k.bucket AND p.party_no = k.party_no ORDER BY version DESC LIMIT 1
) AS p
ORDER BY k.party_no
