-- Master keys are replaced by others, and what was sealed under one is sealed anew: rows that were
-- hashed change by right.
ALTER TABLE master_key
  ADD COLUMN retired_at timestamptz,
  ADD COLUMN retired_by text,
  ADD COLUMN changes    integer NOT NULL DEFAULT 0,
  ADD CHECK ((retired_at IS NULL) = (retired_by IS NULL));
COMMENT ON COLUMN master_key.retired_at IS 'the book needs it no more: no row was sealed under it';

ALTER TABLE row_digest
  ALTER COLUMN hash DROP NOT NULL,
  ADD COLUMN changes integer NOT NULL DEFAULT 0;
COMMENT ON COLUMN row_digest.hash IS
  'SHA-256 of the digests of the rows, in order; null: rows changed by right, the next seal hashes them';
CREATE INDEX row_digest_share ON row_digest (table_name, bucket_from);
