-- Orders to the payment channel: what was asked for, in which file, and what was said of it.

CREATE TABLE payment_batch (
  batch_id      integer PRIMARY KEY,
  channel       text NOT NULL,
  business_date date NOT NULL,
  name          text COLLATE "C" NOT NULL UNIQUE,
  orders        integer NOT NULL CHECK (orders > 0),
  amount        bigint NOT NULL CHECK (amount > 0),
  made_by       text NOT NULL,
  made_at       timestamptz NOT NULL DEFAULT clock_timestamp(),
  sha256        text,
  written_at    timestamptz,
  chained_on    date,
  CHECK ((sha256 IS NULL) = (written_at IS NULL))
);
COMMENT ON TABLE payment_batch IS 'files of orders; a row is there before the file is';
COMMENT ON COLUMN payment_batch.sha256 IS 'of the file as it was written first: written again it is the same';
CREATE INDEX payment_batch_unwritten ON payment_batch (channel) WHERE written_at IS NULL;
CREATE INDEX payment_batch_chained ON payment_batch (chained_on);

CREATE TABLE payment_order (
  order_no      text COLLATE "C" PRIMARY KEY,
  batch_id      integer NOT NULL REFERENCES payment_batch,
  line          integer NOT NULL CHECK (line > 0),
  channel       text NOT NULL,
  bucket        smallint NOT NULL,
  loan_id       bigint NOT NULL,
  loan_no       text COLLATE "C" NOT NULL,
  seq           smallint NOT NULL,
  attempt       smallint NOT NULL CHECK (attempt > 0),
  part          smallint NOT NULL CHECK (part > 0),
  asked_on      date NOT NULL,
  amount        bigint NOT NULL CHECK (amount > 0),
  party_no      text COLLATE "C" NOT NULL,
  party_version integer NOT NULL,
  account_at    smallint NOT NULL,
  account_mark  bytea NOT NULL,
  state         text NOT NULL DEFAULT 'sent'
    CHECK (state IN ('sent', 'success', 'failed', 'unknown', 'returned')),
  class         text,
  collected     bigint NOT NULL DEFAULT 0 CHECK (collected BETWEEN 0 AND amount),
  chained_on    date,
  changes       integer NOT NULL DEFAULT 0,
  UNIQUE (batch_id, line),
  CHECK ((class IS NULL) = (state NOT IN ('failed', 'returned'))),
  CHECK (collected = 0 OR state = 'success')
);
COMMENT ON COLUMN payment_order.account_at IS 'place of the account in that version of the customer: it stands nowhere else';
COMMENT ON COLUMN payment_order.account_mark IS 'keyed hash of the account: the same one is found by it, and nobody reads it';
CREATE INDEX payment_order_loan ON payment_order (bucket, loan_id);
CREATE INDEX payment_order_account ON payment_order (account_mark);
-- Whatever the program thinks: one set of parts of a loan is in flight, never two.
CREATE UNIQUE INDEX payment_order_in_flight ON payment_order (bucket, loan_id, part)
  WHERE state IN ('sent', 'unknown');
CREATE INDEX payment_order_chained ON payment_order (chained_on);

CREATE TABLE payment_file (
  file_id       integer PRIMARY KEY,
  channel       text NOT NULL,
  name          text NOT NULL,
  lines_sha256  text NOT NULL,
  lines         integer NOT NULL CHECK (lines >= 0),
  amount        numeric NOT NULL,
  taken         integer NOT NULL CHECK (taken BETWEEN 0 AND lines),
  business_date date NOT NULL,
  import_id     integer REFERENCES imported_file,
  taken_by      text NOT NULL,
  taken_at      timestamptz NOT NULL DEFAULT clock_timestamp(),
  chained_on    date,
  UNIQUE (channel, lines_sha256)
);
COMMENT ON TABLE payment_file IS 'results that went in, whole; what was refused left nothing';
COMMENT ON COLUMN payment_file.import_id IS 'under which its postings are events; null: it posted nothing';
CREATE INDEX payment_file_import ON payment_file (import_id);
CREATE INDEX payment_file_chained ON payment_file (chained_on);

CREATE TABLE payment_answer (
  answer_id     bigint PRIMARY KEY,
  file_id       integer REFERENCES payment_file,
  order_no      text COLLATE "C" NOT NULL,
  said          text NOT NULL CHECK (said IN ('success', 'failed', 'unknown', 'returned', 'released')),
  amount        bigint NOT NULL,
  class         text,
  changed       boolean NOT NULL,
  posted        bigint NOT NULL,
  break         text,
  value_date    date NOT NULL,
  business_date date NOT NULL,
  said_by       text NOT NULL,
  checker       text,
  chained_on    date,
  CHECK ((said = 'released') = (file_id IS NULL)),
  CHECK (posted = 0 OR changed)
);
COMMENT ON TABLE payment_answer IS 'what changed an order, or is a break with what is known of it';
COMMENT ON COLUMN payment_answer.order_no IS 'masked where it is no order of ours';
COMMENT ON COLUMN payment_answer.posted IS 'below zero: a return';
CREATE INDEX payment_answer_order ON payment_answer (order_no);
-- What was taken is posted once, and goes back once.
CREATE UNIQUE INDEX payment_answer_posted ON payment_answer (order_no, (posted > 0))
  WHERE posted <> 0;
CREATE INDEX payment_answer_chained ON payment_answer (chained_on);

INSERT INTO chained_table (table_name, ready) VALUES ('payment_batch', 't.written_at IS NOT NULL');
INSERT INTO chained_table (table_name)
  VALUES ('payment_order'), ('payment_file'), ('payment_answer');

GRANT SELECT, INSERT ON payment_batch, payment_order, payment_file, payment_answer
  TO loanbook_batch;
GRANT UPDATE (sha256, written_at) ON payment_batch TO loanbook_batch;
GRANT UPDATE (state, class, collected, chained_on, changes) ON payment_order TO loanbook_batch;
GRANT UPDATE (taken, import_id) ON payment_file TO loanbook_batch;

-- One act more that waits for a second person, beside whichever there are.
DO $$
DECLARE
  known text := substring(pg_get_constraintdef(oid) FROM 'ARRAY\[(.*)\]') FROM pg_constraint
    WHERE conrelid = 'approval'::regclass AND conname = 'approval_act_check';
BEGIN
  EXECUTE format('ALTER TABLE approval DROP CONSTRAINT approval_act_check,
    ADD CONSTRAINT approval_act_check CHECK (act = ANY (ARRAY[%s, %L]))', known, 'payment_release');
END $$;
