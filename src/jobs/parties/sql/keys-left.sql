-- $1 = a version. Parties whose key is under an earlier one of the book, by bucket.
SELECT bucket, count(*) AS parties FROM party_key
WHERE key_version(sealed) IN (SELECT version FROM master_key WHERE version BETWEEN 1 AND $1 - 1)
GROUP BY bucket ORDER BY bucket
