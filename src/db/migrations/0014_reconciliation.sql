-- Reconciliation: what a channel or a bank says happened, against events and the ledger. Of a
-- statement its totals are kept, and every line that did not match as a break; the file itself is
-- the evidence of the others, named by its hash.

CREATE TABLE channel_version (
  channel_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code       text NOT NULL,
  kind       text NOT NULL CHECK (kind IN ('channel', 'bank')),
  document   text NOT NULL,
  sha256     text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE channel_version IS 'channels and banks as declared; the newest of a code rules';
CREATE INDEX channel_version_code ON channel_version (code, channel_id);

CREATE TABLE statement (
  statement_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code           text NOT NULL,
  kind           text NOT NULL CHECK (kind IN ('channel', 'bank')),
  statement_date date NOT NULL,
  revision       integer NOT NULL CHECK (revision > 0),
  name           text NOT NULL,
  sha256         text NOT NULL,
  state          text NOT NULL CHECK (state IN ('matched', 'posted', 'replaced')),
  lines          bigint NOT NULL,
  amount         bigint NOT NULL,
  fee            bigint NOT NULL,
  matched        bigint NOT NULL,
  our_count      bigint NOT NULL,
  our_amount     bigint NOT NULL,
  ledger_amount  bigint NOT NULL,
  suspense       bigint NOT NULL DEFAULT 0,
  released       bigint NOT NULL DEFAULT 0,
  tolerated_long  bigint NOT NULL DEFAULT 0,
  tolerated_short bigint NOT NULL DEFAULT 0,
  due_on         date NOT NULL,
  settled_by     integer REFERENCES statement,
  maker          text NOT NULL,
  release_by     text CHECK (release_by <> maker),
  taken_on       date NOT NULL,
  taken_at       timestamptz NOT NULL DEFAULT now(),
  UNIQUE (code, statement_date, revision)
);
COMMENT ON COLUMN statement.due_on IS 'of a channel: the day from which its net is due at the bank';
COMMENT ON COLUMN statement.suspense IS 'long amounts put into suspense, less short: posted';
COMMENT ON COLUMN statement.released IS 'suspense that this statement explained: posted back';
COMMENT ON COLUMN statement.settled_by IS 'the bank statement that brought the net of a channel';
CREATE UNIQUE INDEX statement_in_force ON statement (code, statement_date)
  WHERE state <> 'replaced';

CREATE TABLE recon_break (
  break_id       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  statement_id   integer NOT NULL REFERENCES statement,
  type           text NOT NULL CHECK (type IN ('missing_ours', 'missing_theirs', 'amount',
                   'status', 'unposted', 'ledger', 'duplicate', 'cross_day')),
  order_no       text NOT NULL,
  line           integer NOT NULL,
  bucket         smallint NOT NULL,
  loan_id        bigint NOT NULL,
  event_id       bigint NOT NULL,
  their_amount   bigint,
  our_amount     bigint,
  ledger_amount  bigint,
  difference     bigint NOT NULL,
  suspense       bigint NOT NULL,
  our_status     text NOT NULL,
  since          date NOT NULL,
  pend_until     date NOT NULL,
  state          text NOT NULL CHECK (state IN ('open', 'resolved')),
  assignee       text,
  resolution     text,
  reason         text,
  resolved_on    date,
  resolved_by_statement integer REFERENCES statement,
  found_at       timestamptz NOT NULL DEFAULT now(),
  CHECK ((state = 'resolved') = (resolution IS NOT NULL))
);
COMMENT ON COLUMN recon_break.line IS 'of the statement; 0: the statement has none';
COMMENT ON COLUMN recon_break.event_id IS 'of our side; 0: we have none';
COMMENT ON COLUMN recon_break.difference IS 'theirs less ours: positive is long, negative is short';
COMMENT ON COLUMN recon_break.suspense IS 'what of it stands on the suspense account, signed alike';
CREATE INDEX recon_break_open ON recon_break (since, break_id) WHERE state = 'open';
CREATE INDEX recon_break_statement ON recon_break (statement_id);

CREATE TABLE break_action (
  action_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  break_id  bigint NOT NULL REFERENCES recon_break,
  action    text NOT NULL CHECK (action IN ('assign', 'resolve')),
  by_whom   text NOT NULL,
  checker   text CHECK (checker <> by_whom),
  note      text NOT NULL,
  at        timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX break_action_break ON break_action (break_id);

GRANT SELECT, INSERT ON channel_version, statement, recon_break, break_action TO loanbook_batch;
GRANT UPDATE (state, settled_by, suspense, released, tolerated_long, tolerated_short)
  ON statement TO loanbook_batch;
GRANT UPDATE (state, assignee, resolution, reason, resolved_on, resolved_by_statement, suspense)
  ON recon_break TO loanbook_batch;
GRANT USAGE ON SEQUENCE channel_version_channel_id_seq, statement_statement_id_seq,
  recon_break_break_id_seq, break_action_action_id_seq TO loanbook_batch;
