-- $1, $2 = buckets and numbers. Of each that there is: the last version, and the key.
SELECT k.party_no AS party, p.version, p.content, k.sealed
FROM unnest($1::smallint[], $2::text[]) AS n (bucket, party_no)
JOIN party_key k ON k.bucket = n.bucket AND k.party_no = n.party_no
CROSS JOIN LATERAL (
  SELECT version, content FROM party p
  WHERE p.bucket = n.bucket AND p.party_no = n.party_no ORDER BY version DESC LIMIT 1
) AS p
