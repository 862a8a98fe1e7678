-- $1, $2 = bucket and number: the last version
SELECT p.party_no AS party, p.version, p.record, k.sealed, p.entered_on::text AS "enteredOn"
FROM party p JOIN party_key k ON k.bucket = p.bucket AND k.party_no = p.party_no
WHERE p.bucket = $1 AND p.party_no = $2 ORDER BY p.version DESC LIMIT 1
