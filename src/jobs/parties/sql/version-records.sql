-- $1, $2 = buckets and numbers of customers, $3 = the version of each, null: the last one. Those
-- that are kept, in no order.
SELECT p.party_no AS party, p.version, p.record, k.sealed
FROM unnest($1::smallint[], $2::text[], $3::integer[]) AS w (bucket, party_no, version)
CROSS JOIN LATERAL (SELECT * FROM party p
  WHERE p.bucket = w.bucket AND p.party_no = w.party_no
    AND (w.version IS NULL OR p.version = w.version)
  ORDER BY p.version DESC LIMIT 1) AS p
JOIN party_key k ON k.bucket = p.bucket AND k.party_no = p.party_no
