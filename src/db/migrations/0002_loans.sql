-- The big tables: every key contains the bucket, so that they can be distributed by it.

CREATE TABLE loan (
  bucket       smallint NOT NULL CHECK (bucket BETWEEN 0 AND 1023),
  loan_id      bigint NOT NULL,
  loan_no      text NOT NULL,
  group_id     integer NOT NULL,
  product_id   integer NOT NULL,
  org          text NOT NULL,
  principal    bigint NOT NULL CHECK (principal > 0),
  rate         text NOT NULL,
  rate_ppb     bigint NOT NULL CHECK (rate_ppb >= 0),
  periods      smallint NOT NULL CHECK (periods > 0),
  disbursed_on date NOT NULL,
  first_due_on date,
  paid_periods smallint NOT NULL DEFAULT 0,
  born_on      date NOT NULL,
  import_id    integer NOT NULL,
  PRIMARY KEY (bucket, loan_id),
  UNIQUE (bucket, loan_no),
  CHECK (born_on >= disbursed_on)
);
COMMENT ON COLUMN loan.born_on IS
  'the business day whose close gives the loan its first position: disbursed or opened';
COMMENT ON COLUMN loan.paid_periods IS 'an opened loan: instalments paid in full before the book';

-- One immutable row a version, as columns of instalments (ARCHITECTURE 3: a third of the size and
-- of the time of one row an instalment). balance_after comes first: every close reads it of every
-- loan, and what lies behind it need not be walked over.
CREATE TABLE schedule (
  bucket        smallint NOT NULL,
  loan_id       bigint NOT NULL,
  version       smallint NOT NULL CHECK (version > 0),
  effective_on  date NOT NULL,
  balance_after bigint[] NOT NULL,
  due_on        date[] NOT NULL,
  principal     bigint[] NOT NULL,
  interest      bigint[] NOT NULL,
  PRIMARY KEY (bucket, loan_id, version),
  CHECK (cardinality(due_on) > 0
     AND cardinality(principal) = cardinality(due_on)
     AND cardinality(interest) = cardinality(due_on)
     AND cardinality(balance_after) = cardinality(due_on))
);
ALTER TABLE schedule ALTER due_on SET STORAGE MAIN, ALTER principal SET STORAGE MAIN,
  ALTER interest SET STORAGE MAIN, ALTER balance_after SET STORAGE MAIN;

CREATE VIEW installment AS
  SELECT s.bucket, s.loan_id, s.version, i.seq, i.due_on, i.principal, i.interest, i.balance_after
  FROM schedule s,
       unnest(s.due_on, s.principal, s.interest, s.balance_after)
         WITH ORDINALITY AS i (due_on, principal, interest, balance_after, seq);

-- What arrived. Types: 1 disbursement, 2 opening (a migrated loan), 3 repayment, 4 settlement.
CREATE TABLE event (
  bucket        smallint NOT NULL,
  loan_id       bigint NOT NULL,
  event_id      bigint NOT NULL,
  type          smallint NOT NULL,
  ref           text NOT NULL,
  value_date    date NOT NULL,
  business_date date NOT NULL,
  amount        bigint NOT NULL CHECK (amount >= 0),
  import_id     integer NOT NULL,
  PRIMARY KEY (bucket, loan_id, event_id),
  UNIQUE (bucket, loan_id, ref),
  CHECK (value_date <= business_date)
);
COMMENT ON COLUMN event.event_id IS 'ascends in the order of arrival';
CREATE INDEX event_of_day ON event (business_date, bucket, loan_id, event_id);

-- By business date. A day's tables stand alone until the day is sealed (0004).
CREATE TABLE position (
  loan_id                bigint NOT NULL,
  rate_ppb               bigint NOT NULL,
  period_units           bigint NOT NULL,
  next_principal         bigint NOT NULL,
  next_interest          bigint NOT NULL,
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
  business_date          date NOT NULL,
  folded_on              date NOT NULL,
  period_start_on        date NOT NULL,
  next_due_on            date NOT NULL,
  oldest_due_on          date NOT NULL,
  oldest_free_on         date NOT NULL,
  group_id               integer NOT NULL,
  days_past_due          integer NOT NULL,
  bucket                 smallint NOT NULL,
  engine_version         smallint NOT NULL,
  schedule_version       smallint NOT NULL,
  status                 smallint NOT NULL,
  classification         smallint NOT NULL,
  overdue_bucket         smallint NOT NULL,
  next_seq               smallint NOT NULL,
  accruing               boolean NOT NULL,
  open_installments      bytea NOT NULL,
  totals                 bytea NOT NULL
) PARTITION BY LIST (business_date);
-- The packed columns change with their loan and are read whole: compressing them costs more time
-- than it saves room.
ALTER TABLE position ALTER open_installments SET STORAGE EXTERNAL, ALTER totals SET STORAGE EXTERNAL;

CREATE TABLE allocation (
  loan_id       bigint NOT NULL,
  event_id      bigint NOT NULL,
  amount        bigint NOT NULL,
  business_date date NOT NULL,
  bucket        smallint NOT NULL,
  ordinal       smallint NOT NULL,
  seq           smallint NOT NULL,
  component     smallint NOT NULL
) PARTITION BY LIST (business_date);
COMMENT ON COLUMN allocation.event_id IS '0 = paid out of suspense';
COMMENT ON COLUMN allocation.ordinal IS 'place among the lines of the loan on that day';

CREATE TABLE event_outcome (
  loan_id       bigint NOT NULL,
  event_id      bigint NOT NULL,
  allocated     bigint NOT NULL,
  to_suspense   bigint NOT NULL,
  business_date date NOT NULL,
  bucket        smallint NOT NULL,
  rule          text NOT NULL
) PARTITION BY LIST (business_date);
COMMENT ON COLUMN event_outcome.rule IS 'empty: posted; otherwise the rule that rejected it';

CREATE TABLE journal_line (
  voucher       bigint NOT NULL,
  loan_id       bigint NOT NULL,
  event_id      bigint NOT NULL,
  amount        bigint NOT NULL,
  business_date date NOT NULL,
  account_id    integer NOT NULL,
  group_id      integer NOT NULL,
  bucket        smallint NOT NULL,
  line          smallint NOT NULL,
  kind          smallint NOT NULL
) PARTITION BY LIST (business_date);
COMMENT ON COLUMN journal_line.voucher IS 'task * 10^8 + ordinal within the task and day';
COMMENT ON COLUMN journal_line.amount IS 'debit positive, credit negative';
COMMENT ON COLUMN journal_line.loan_id IS '0 = one entry for the accounting group';

CREATE TABLE held_loan (
  business_date date NOT NULL,
  bucket        smallint NOT NULL,
  loan_id       bigint NOT NULL,
  held_since    date NOT NULL,
  reason        text NOT NULL,
  PRIMARY KEY (business_date, bucket, loan_id)
);

GRANT SELECT ON loan, schedule, installment, event, position, allocation, event_outcome,
  journal_line, held_loan TO loanbook_batch;
GRANT INSERT ON loan, schedule, event, held_loan TO loanbook_batch;
