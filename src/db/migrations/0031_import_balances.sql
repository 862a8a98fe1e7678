-- Running loans that come with a position: where each stands at the close of the cut-over day, the
-- day before the first close that folds it. A row is one of the contract: the digest that is kept of
-- a contract is over it as well.
CREATE TABLE opening_position (
  bucket            smallint NOT NULL,
  loan_id           bigint NOT NULL,
  cut_over_on       date NOT NULL,
  principal_not_due bigint NOT NULL CHECK (principal_not_due >= 0),
  interest_accrued  bigint NOT NULL CHECK (interest_accrued >= 0),
  suspense          bigint NOT NULL CHECK (suspense >= 0),
  accruing          boolean NOT NULL,
  written_off       boolean NOT NULL,
  from_birth        boolean NOT NULL,
  periods_paid      integer NOT NULL CHECK (periods_paid >= -1),
  days_past_due     integer NOT NULL CHECK (days_past_due >= -1),
  classification    integer NOT NULL CHECK (classification >= -1),
  import_id         integer NOT NULL,
  seq               bigint[] NOT NULL,
  due_on            date[] NOT NULL,
  free_until        date[] NOT NULL,
  principal         bigint[] NOT NULL,
  interest          bigint[] NOT NULL,
  penalty           bigint[] NOT NULL,
  compound          bigint[] NOT NULL,
  fee               bigint[] NOT NULL,
  PRIMARY KEY (bucket, loan_id),
  CHECK (cardinality(due_on) = cardinality(seq) AND cardinality(free_until) = cardinality(seq)
     AND cardinality(principal) = cardinality(seq) AND cardinality(interest) = cardinality(seq)
     AND cardinality(penalty) = cardinality(seq) AND cardinality(compound) = cardinality(seq)
     AND cardinality(fee) = cardinality(seq))
);
COMMENT ON TABLE opening_position IS 'instalments as arrays: open ones, and behind the cut-over day those that the loan goes on by';
COMMENT ON COLUMN opening_position.from_birth IS
  'the loan brought its events since its disbursement: folded from there it must stand so';
COMMENT ON COLUMN opening_position.periods_paid IS '-1: not said';
COMMENT ON COLUMN opening_position.days_past_due IS '-1: not said; only compared, as is the class';
COMMENT ON COLUMN opening_position.free_until IS '9999-12-31: by product and calendar';
CREATE INDEX opening_position_import ON opening_position (import_id);
GRANT SELECT, INSERT ON opening_position TO loanbook_batch;

ALTER TABLE imported_file
  DROP CONSTRAINT imported_file_kind_check,
  ADD CONSTRAINT imported_file_kind_check
    CHECK (kind IN ('loans', 'repayments', 'events', 'balances'));
COMMENT ON COLUMN imported_file.schedules_sha256 IS
  'of the file that brought the loans'' own schedules, or the instalments of balances; null: none';
