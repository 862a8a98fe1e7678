-- Master keys are replaced by others, what was sealed under one is sealed anew, and customers are
-- erased: rows that were hashed change by right.
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

-- The list of erasures. It outlives the data: after a restore it is applied again.
CREATE TABLE party_erasure (
  bucket      smallint NOT NULL CHECK (bucket BETWEEN 0 AND 1023),
  party_no    text COLLATE "C" NOT NULL,
  erased_on   date NOT NULL,
  reason      text NOT NULL,
  maker       text NOT NULL,
  checker     text NOT NULL,
  proof       bytea NOT NULL,
  recorded_at timestamptz NOT NULL DEFAULT now(),
  chained_on  date,
  PRIMARY KEY (bucket, party_no)
);
COMMENT ON TABLE party_erasure IS
  'customers whose key, records and look-ups are destroyed; number and loans stay';
COMMENT ON COLUMN party_erasure.erased_on IS 'the business day that was open';
COMMENT ON COLUMN party_erasure.proof IS 'keyed hash of the row: a list from elsewhere is this book''s';
CREATE INDEX party_erasure_chained ON party_erasure (chained_on);
INSERT INTO chained_table (table_name) VALUES ('party_erasure');
GRANT SELECT ON party_erasure TO loanbook_batch;

ALTER TABLE approval
  DROP CONSTRAINT approval_act_check,
  ADD CONSTRAINT approval_act_check CHECK (act IN ('voucher', 'statement_replace', 'break_resolve',
    'ledger', 'product', 'policy', 'period_reopen', 'party_erase'));
