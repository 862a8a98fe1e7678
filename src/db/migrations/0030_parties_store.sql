-- Customers. What is said of one is sealed before it comes here: none of these tables holds a clear
-- value, and the keys are elsewhere.

-- What is known of each master key: a hash that tells another key, and nothing to find it by.
CREATE TABLE master_key (
  version     integer PRIMARY KEY CHECK (version BETWEEN 0 AND 65535),
  suite       text NOT NULL CHECK (suite IN ('aes', 'sm')),
  check_value bytea NOT NULL,
  made_at     timestamptz NOT NULL DEFAULT now(),
  made_by     text NOT NULL,
  chained_on  date
);
COMMENT ON COLUMN master_key.version IS '0: the key of look-ups, which stays the same';
COMMENT ON COLUMN master_key.check_value IS 'eight bytes of a keyed hash of a fixed text';

CREATE TABLE party_import (
  import_id   integer PRIMARY KEY,
  name        text NOT NULL,
  sha256      text NOT NULL,
  rows_read   integer NOT NULL,
  added       integer NOT NULL,
  changed     integer NOT NULL,
  unchanged   integer NOT NULL,
  rejected    integer NOT NULL,
  entered_on  date NOT NULL,
  imported_at timestamptz NOT NULL DEFAULT now(),
  chained_on  date
);

-- The key of each party, sealed under a master key: without it nothing of the party can be read.
CREATE TABLE party_key (
  bucket     smallint NOT NULL CHECK (bucket BETWEEN 0 AND 1023),
  party_no   text COLLATE "C" NOT NULL,
  sealed     bytea NOT NULL,
  import_id  integer NOT NULL,
  entered_on date NOT NULL,
  PRIMARY KEY (bucket, party_no)
);
COMMENT ON COLUMN party_key.sealed IS 'suite, version of the master key, nonce, key, tag';

CREATE TABLE party (
  bucket     smallint NOT NULL,
  party_no   text COLLATE "C" NOT NULL,
  version    integer NOT NULL CHECK (version > 0),
  record     bytea NOT NULL,
  content    bytea NOT NULL,
  lookups    bytea[] NOT NULL,
  import_id  integer NOT NULL,
  entered_on date NOT NULL,
  PRIMARY KEY (bucket, party_no, version)
);
COMMENT ON COLUMN party.record IS 'sealed under the key of the party';
COMMENT ON COLUMN party.content IS 'keyed hash of the record: whether another one says the same';
COMMENT ON COLUMN party.lookups IS 'keyed hashes of identity number, phones, accounts and name';
COMMENT ON COLUMN party.entered_on IS 'the business day that was open: its seal proves the row';
CREATE INDEX party_lookups ON party USING gin (lookups);

-- A table of its own and no column of `loan`: a contract is hashed as it came, for every book that
-- there is, while who it is with is not read by any fold.
CREATE TABLE loan_party (
  bucket     smallint NOT NULL,
  loan_id    bigint NOT NULL,
  party_no   text COLLATE "C" NOT NULL,
  entered_on date NOT NULL,
  PRIMARY KEY (bucket, loan_id)
);
COMMENT ON COLUMN loan_party.entered_on IS 'the day whose close first folds the loan';
CREATE INDEX loan_party_party ON loan_party (party_no);

-- A seal reads the rows of its day, which lie together.
CREATE INDEX party_key_entered ON party_key USING brin (entered_on);
CREATE INDEX party_entered ON party USING brin (entered_on);
CREATE INDEX loan_party_entered ON loan_party USING brin (entered_on);
CREATE INDEX party_import_chained ON party_import (chained_on);

INSERT INTO chained_table (table_name) VALUES ('master_key'), ('party_import');
INSERT INTO digested_table (table_name, of_part) VALUES
  ('party_key', 'entered_on = $1'), ('party', 'entered_on = $1'), ('loan_party', 'entered_on = $1');

GRANT SELECT ON master_key TO loanbook_batch;
GRANT SELECT, INSERT ON party_import, party_key, party, loan_party TO loanbook_batch;
