-- Loans that are sold, bought back or called back: assigned to another plan behind a close.

CREATE TABLE funding_assignment (
  assignment_id integer PRIMARY KEY,
  code          text COLLATE "C" NOT NULL,
  version       integer NOT NULL CHECK (version > 0),
  kind          text COLLATE "C" NOT NULL CHECK (kind IN ('sale', 'buy_back', 'clean_up')),
  cut_on        date NOT NULL,
  effective_on  date NOT NULL,
  plan_id       integer REFERENCES funding_plan_version,
  buyer         text COLLATE "C" NOT NULL,
  groups        integer[] NOT NULL,
  loans         integer NOT NULL CHECK (loans > 0),
  sold          bigint NOT NULL,
  price         bigint NOT NULL,
  document      text NOT NULL,
  sha256        text NOT NULL,
  assigned_at   timestamptz NOT NULL DEFAULT now(),
  assigned_by   text NOT NULL,
  checker       text NOT NULL,
  chained_on    date,
  UNIQUE (code, version),
  CHECK (effective_on = cut_on + 1)
);
COMMENT ON TABLE funding_assignment IS 'lists of loans that changed hands, as two persons decided';
COMMENT ON COLUMN funding_assignment.cut_on IS 'behind its close the loans belong by the new plan';
COMMENT ON COLUMN funding_assignment.effective_on IS 'the first day booked by it';
COMMENT ON COLUMN funding_assignment.plan_id IS 'null: the lender alone, without a plan';
COMMENT ON COLUMN funding_assignment.buyer IS 'who buys; of what comes back, who gives it back';
COMMENT ON COLUMN funding_assignment.groups IS 'accounting groups of its loans';
COMMENT ON COLUMN funding_assignment.sold IS 'what leaves the lender; negative: what comes back';
COMMENT ON COLUMN funding_assignment.price IS 'negative: the lender pays';
CREATE INDEX funding_assignment_chained ON funding_assignment (chained_on);

CREATE TABLE assigned_loan (
  bucket        smallint NOT NULL,
  loan_id       bigint NOT NULL,
  effective_on  date NOT NULL,
  assignment_id integer NOT NULL REFERENCES funding_assignment,
  rate_ppb      bigint NOT NULL,
  accruing      boolean NOT NULL,
  out_before    bigint[] NOT NULL,
  money_before  bigint[] NOT NULL,
  sold          bigint[] NOT NULL,
  price         bigint NOT NULL,
  chained_on    date,
  PRIMARY KEY (bucket, loan_id, effective_on)
);
COMMENT ON TABLE assigned_loan IS 'shares of a loan from a day on: what went out before counts no more';
COMMENT ON COLUMN assigned_loan.out_before IS 'by component, what had gone out of the loan at the cut';
COMMENT ON COLUMN assigned_loan.money_before IS 'the part of it that money had paid';
COMMENT ON COLUMN assigned_loan.sold IS 'own shares that left, by balance of the loan';
CREATE INDEX assigned_loan_assignment ON assigned_loan (assignment_id);
CREATE INDEX assigned_loan_chained ON assigned_loan (chained_on);

INSERT INTO chained_table (table_name) VALUES ('funding_assignment'), ('assigned_loan');
GRANT SELECT ON funding_assignment, assigned_loan TO loanbook_batch;

-- One act more that waits for a second person, beside whichever there are.
DO $$
DECLARE
  known text := substring(pg_get_constraintdef(oid) FROM 'ARRAY\[(.*)\]') FROM pg_constraint
    WHERE conrelid = 'approval'::regclass AND conname = 'approval_act_check';
BEGIN
  EXECUTE format('ALTER TABLE approval DROP CONSTRAINT approval_act_check,
    ADD CONSTRAINT approval_act_check CHECK (act = ANY (ARRAY[%s, %L]))', known, 'funding_assign');
END $$;
