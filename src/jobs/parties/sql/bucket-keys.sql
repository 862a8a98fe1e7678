-- $1, $2 = bucket and version. Keys that are under an earlier one of the book.
SELECT party_no AS party, sealed FROM party_key
WHERE bucket = $1 AND key_version(sealed) IN (
  SELECT version FROM master_key WHERE retired_at IS NULL AND version BETWEEN 1 AND $2 - 1)
ORDER BY party_no
