-- A master key under which rows of the import are, although the book needs it no more.
SELECT version AS key FROM master_key WHERE retired_at IS NOT NULL AND version IN (
  SELECT key_version(party_key) FROM stage_party WHERE party_key IS NOT NULL)
LIMIT 1
