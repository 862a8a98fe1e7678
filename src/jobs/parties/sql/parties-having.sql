-- $1, $2 = behind this number, so many; $3 = a look-up hash in an array. An earlier version that had
-- the value does not count.
SELECT p.party_no AS party, p.version, p.record, k.sealed, p.entered_on::text AS "enteredOn"
FROM party p JOIN party_key k ON k.bucket = p.bucket AND k.party_no = p.party_no
WHERE p.lookups @> $3::bytea[] AND p.party_no > $1 AND NOT EXISTS (
  SELECT FROM party n
  WHERE n.bucket = p.bucket AND n.party_no = p.party_no AND n.version > p.version)
ORDER BY p.party_no LIMIT $2
