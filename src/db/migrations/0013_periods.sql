-- The columns that the hash of a day reads, kept with the run that closes it: an engine with other
-- columns still proves the days that were sealed before it. The default is for days before this.
ALTER TABLE run ADD COLUMN hashed_columns jsonb NOT NULL DEFAULT '{
  "position": ["loan_id", "rate_ppb", "period_units", "next_principal", "next_interest",
    "principal", "principal_not_due", "principal_overdue", "interest_accrued", "interest_due",
    "penalty_due", "compound_due", "fee_due", "suspense", "interest_accrued_total",
    "business_date", "folded_on", "period_start_on", "next_due_on", "oldest_due_on",
    "oldest_free_on", "group_id", "days_past_due", "bucket", "engine_version",
    "schedule_version", "status", "classification", "overdue_bucket", "next_seq", "accruing",
    "open_installments", "totals"],
  "allocation": ["loan_id", "event_id", "amount", "business_date", "bucket", "ordinal", "seq",
    "component", "kind"],
  "event_outcome": ["loan_id", "event_id", "allocated", "to_suspense", "business_date", "bucket",
    "rule"],
  "journal_line": ["voucher", "loan_id", "event_id", "amount", "business_date", "account_id",
    "group_id", "bucket", "line", "kind"],
  "schedule": ["bucket", "loan_id", "version", "effective_on", "balance_after", "due_on",
    "principal", "interest"]
}';
COMMENT ON COLUMN run.hashed_columns IS 'by table, in the order in which the hash reads them';

-- Accounting periods are months. What was done to them is kept, never changed: the last row of a
-- period says whether it is closed.
CREATE TABLE period_event (
  period_event_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  period          text NOT NULL CHECK (period ~ '^[0-9]{4}-(0[1-9]|1[0-2])$'),
  action          text NOT NULL CHECK (action IN ('close', 'reopen')),
  made_by         text NOT NULL CHECK (made_by <> ''),
  reason          text NOT NULL DEFAULT '',
  at              timestamptz NOT NULL DEFAULT now(),
  CHECK (action = 'close' OR reason <> '')
);

-- One row a loan and month, written when the period closes and kept as long as the journal: the
-- share of each loan in what was accrued for its whole group, day by day.
CREATE TABLE month_row (
  month             date NOT NULL CHECK (extract(day FROM month) = 1),
  bucket            smallint NOT NULL,
  loan_id           bigint NOT NULL,
  group_id          integer NOT NULL,
  first_on          date NOT NULL,
  on_days           date[],
  interest          bigint[] NOT NULL,
  penalty           bigint[],
  compound          bigint[],
  opening_principal bigint NOT NULL,
  opening_interest  bigint NOT NULL,
  opening_penalty   bigint NOT NULL,
  opening_compound  bigint NOT NULL,
  opening_fee       bigint NOT NULL,
  opening_suspense  bigint NOT NULL,
  closing_principal bigint NOT NULL,
  closing_interest  bigint NOT NULL,
  closing_penalty   bigint NOT NULL,
  closing_compound  bigint NOT NULL,
  closing_fee       bigint NOT NULL,
  closing_suspense  bigint NOT NULL,
  PRIMARY KEY (month, bucket, loan_id)
);
COMMENT ON COLUMN month_row.on_days IS 'the days of the amounts; null: every day from first_on on';
COMMENT ON COLUMN month_row.interest IS
  'accrued a day; null on the day on which a migrated loan was opened';
COMMENT ON COLUMN month_row.penalty IS 'charged by the night, a day; null: none all month';

GRANT SELECT, INSERT ON period_event, month_row TO loanbook_batch;
GRANT USAGE ON SEQUENCE period_event_period_event_id_seq TO loanbook_batch;

-- Manual vouchers: one person brings them in by a file, another one decides. An approved one
-- becomes an entry of the open day; nothing here is ever changed.
CREATE TABLE voucher_file (
  voucher_file_id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name            text NOT NULL,
  sha256          text NOT NULL UNIQUE,
  made_by         text NOT NULL CHECK (made_by <> ''),
  at              timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE manual_voucher (
  voucher_id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  voucher_file_id integer NOT NULL REFERENCES voucher_file,
  voucher_no      text NOT NULL,
  dated_on        date NOT NULL,
  memo            text NOT NULL
);
CREATE INDEX manual_voucher_no ON manual_voucher (voucher_no);
CREATE TABLE manual_voucher_line (
  voucher_id integer NOT NULL REFERENCES manual_voucher,
  line       smallint NOT NULL,
  account_id integer NOT NULL REFERENCES account,
  amount     bigint NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (voucher_id, line)
);
COMMENT ON COLUMN manual_voucher_line.amount IS 'minor units, debit positive';
CREATE TABLE voucher_decision (
  voucher_id integer PRIMARY KEY REFERENCES manual_voucher,
  decision   text NOT NULL CHECK (decision IN ('approved', 'rejected')),
  made_by    text NOT NULL CHECK (made_by <> ''),
  reason     text NOT NULL DEFAULT '',
  at         timestamptz NOT NULL DEFAULT now(),
  CHECK (decision = 'approved' OR reason <> '')
);

GRANT SELECT, INSERT ON voucher_file, manual_voucher, manual_voucher_line, voucher_decision
  TO loanbook_batch;
GRANT USAGE ON SEQUENCE voucher_file_voucher_file_id_seq, manual_voucher_voucher_id_seq
  TO loanbook_batch;

-- Impairment: dated parameters, and of every run what it required, loan by loan.
CREATE TABLE impairment_version (
  effective_from date PRIMARY KEY,
  document       text NOT NULL,
  sha256         text NOT NULL,
  applied_at     timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE impairment_run (
  as_of          date PRIMARY KEY,
  effective_from date NOT NULL REFERENCES impairment_version,
  required       bigint NOT NULL,
  allowance      bigint NOT NULL,
  posted_on      date NOT NULL,
  made_by        text NOT NULL,
  at             timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN impairment_run.allowance IS 'what stood in the allowance account before the run';
CREATE TABLE impairment_loan (
  as_of     date NOT NULL,
  loan_id   bigint NOT NULL,
  ead       bigint NOT NULL CHECK (ead > 0),
  allowance bigint NOT NULL,
  group_id  integer NOT NULL,
  bucket    smallint NOT NULL,
  stage     smallint NOT NULL CHECK (stage BETWEEN 1 AND 3),
  PRIMARY KEY (as_of, bucket, loan_id)
);
GRANT SELECT, INSERT ON impairment_version, impairment_run, impairment_loan TO loanbook_batch;
