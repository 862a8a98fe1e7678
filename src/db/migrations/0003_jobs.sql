-- Batch words: a run is a job instance, an execution an attempt at it, a step a task or a phase.

CREATE TABLE run (
  run_id         integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  job            text NOT NULL,
  business_date  date NOT NULL,
  tasks          integer NOT NULL CHECK (tasks > 0),
  status         text NOT NULL CHECK (status IN ('open', 'done', 'discarded')),
  engine_version integer NOT NULL,
  holder         text,
  token          uuid,
  lease_until    timestamptz,
  created_at     timestamptz NOT NULL DEFAULT now(),
  finished_at    timestamptz
);
CREATE UNIQUE INDEX run_instance ON run (job, business_date) WHERE status <> 'discarded';

CREATE TABLE execution (
  run_id     integer NOT NULL REFERENCES run,
  attempt    integer NOT NULL,
  holder     text NOT NULL,
  workers    integer NOT NULL,
  started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ended_at   timestamptz,
  outcome    text,
  message    text,
  PRIMARY KEY (run_id, attempt)
);

CREATE TABLE step (
  run_id      integer NOT NULL REFERENCES run,
  phase       text NOT NULL CHECK (phase IN ('fold', 'post', 'tidy', 'check', 'seal')),
  task        integer NOT NULL,
  bucket_from smallint NOT NULL,
  bucket_to   smallint NOT NULL,
  status      text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'claimed', 'done')),
  holder      text,
  token       uuid,
  lease_until timestamptz,
  attempt     integer NOT NULL DEFAULT 0,
  rows_read     bigint NOT NULL DEFAULT 0,
  rows_written  bigint NOT NULL DEFAULT 0,
  loans_born    bigint NOT NULL DEFAULT 0,
  loans_closed  bigint NOT NULL DEFAULT 0,
  loans_held    bigint NOT NULL DEFAULT 0,
  events_read   bigint NOT NULL DEFAULT 0,
  events_rejected bigint NOT NULL DEFAULT 0,
  totals      jsonb,
  hash        bytea,
  started_at  timestamptz,
  ended_at    timestamptz,
  PRIMARY KEY (run_id, phase, task)
);

CREATE TABLE gl_balance (
  business_date date NOT NULL,
  account_id    integer NOT NULL REFERENCES account,
  group_id      integer NOT NULL,
  debit         bigint NOT NULL,
  credit        bigint NOT NULL,
  balance       bigint NOT NULL,
  PRIMARY KEY (business_date, account_id, group_id)
);
COMMENT ON TABLE gl_balance IS 'turnover of the day and balance at its close, debit positive';

CREATE TABLE subledger_total (
  business_date          date NOT NULL,
  group_id               integer NOT NULL,
  accruing               boolean NOT NULL,
  classification         smallint NOT NULL,
  overdue_bucket         smallint NOT NULL,
  loans                  bigint NOT NULL,
  principal              bigint NOT NULL,
  principal_not_due      bigint NOT NULL,
  principal_overdue      bigint NOT NULL,
  interest_accrued       bigint NOT NULL,
  interest_due           bigint NOT NULL,
  penalty_due            bigint NOT NULL,
  compound_due           bigint NOT NULL,
  fee_due                bigint NOT NULL,
  suspense               bigint NOT NULL,
  interest_accrued_total bigint NOT NULL,
  PRIMARY KEY (business_date, group_id, accruing, classification, overdue_bucket)
);
COMMENT ON TABLE subledger_total IS 'sums of the positions of a sealed day, as its checks read them';

CREATE TABLE sealed_day (
  business_date date PRIMARY KEY,
  run_id        integer NOT NULL REFERENCES run,
  content_hash  bytea NOT NULL,
  chain_hash    bytea NOT NULL,
  sealed_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN sealed_day.chain_hash IS 'SHA-256 of the chain hash of the day before and content_hash';

CREATE TABLE audit (
  audit_id  bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at        timestamptz NOT NULL DEFAULT now(),
  login     text NOT NULL DEFAULT session_user,
  action    text NOT NULL,
  subject   text NOT NULL,
  reason    text NOT NULL
);

GRANT SELECT ON run, execution, step, gl_balance, subledger_total, sealed_day, audit
  TO loanbook_batch;
GRANT INSERT ON run, execution, step, gl_balance, subledger_total, audit TO loanbook_batch;
GRANT UPDATE (holder, token, lease_until) ON run TO loanbook_batch;
GRANT UPDATE (ended_at, outcome, message) ON execution TO loanbook_batch;
GRANT UPDATE (status, holder, token, lease_until, attempt, rows_read, rows_written, loans_born,
  loans_closed, loans_held, events_read, events_rejected, totals, hash, started_at, ended_at)
  ON step TO loanbook_batch;
