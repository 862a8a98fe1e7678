-- The small tables: the same on every node of a distributed book (ARCHITECTURE: reference tables).

CREATE TABLE book (
  only_one            boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  entity              text NOT NULL,
  currency            text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
  minor_digits        smallint NOT NULL CHECK (minor_digits BETWEEN 0 AND 4),
  calendar            text NOT NULL,
  first_business_date date NOT NULL,
  business_date       date NOT NULL,
  created_at          timestamptz NOT NULL DEFAULT now(),
  CHECK (business_date >= first_business_date)
);
COMMENT ON COLUMN book.business_date IS 'the open day: the next one to be closed';
COMMENT ON COLUMN book.calendar IS 'name of the calendar; none = every day is a working day';

CREATE TABLE calendar_year (
  year     integer PRIMARY KEY CHECK (year BETWEEN 1900 AND 9998),
  holidays date[] NOT NULL,
  workdays date[] NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE product_version (
  product_id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code           text NOT NULL,
  version        integer NOT NULL CHECK (version > 0),
  name           text NOT NULL,
  effective_from date NOT NULL,
  document       text NOT NULL,
  sha256         text NOT NULL,
  applied_at     timestamptz NOT NULL DEFAULT now(),
  UNIQUE (code, version)
);

CREATE TABLE policy_version (
  effective_from date PRIMARY KEY,
  document       text NOT NULL,
  sha256         text NOT NULL,
  applied_at     timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE account (
  account_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code        text NOT NULL UNIQUE,
  name        text NOT NULL,
  name_zh     text NOT NULL,
  class       text NOT NULL CHECK (class IN
                ('asset', 'liability', 'equity', 'income', 'expense', 'memorandum')),
  normal_side text NOT NULL CHECK (normal_side IN ('debit', 'credit')),
  subledger   text,
  applied_at  timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN account.subledger IS 'measure of the positions that this account must equal';

CREATE TABLE ledger_version (
  effective_from date PRIMARY KEY,
  document       text NOT NULL,
  sha256         text NOT NULL,
  applied_at     timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger_version IS 'dated chart of accounts and posting rules, as applied';

CREATE TABLE accounting_group (
  group_id     integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  product_id   integer NOT NULL REFERENCES product_version,
  org          text NOT NULL,
  funding_plan text NOT NULL,
  UNIQUE (product_id, org, funding_plan)
);
COMMENT ON TABLE accounting_group IS 'what accrual and due are posted once for';

CREATE TABLE imported_file (
  import_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind        text NOT NULL CHECK (kind IN ('loans', 'repayments')),
  name        text NOT NULL,
  sha256      text NOT NULL,
  rows_read   bigint NOT NULL,
  rows_taken  bigint NOT NULL,
  rows_rejected bigint NOT NULL,
  amount      bigint NOT NULL,
  again       boolean NOT NULL DEFAULT false,
  imported_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX imported_file_once ON imported_file (kind, sha256) WHERE NOT again;

CREATE TABLE bucket_counter (
  bucket       smallint PRIMARY KEY CHECK (bucket BETWEEN 0 AND 1023),
  last_ordinal bigint NOT NULL DEFAULT 0
);
INSERT INTO bucket_counter (bucket) SELECT generate_series(0, 1023);

CREATE SEQUENCE event_arrival AS bigint;

GRANT SELECT ON ALL TABLES IN SCHEMA loanbook TO loanbook_batch;
GRANT USAGE ON SCHEMA loanbook TO loanbook_batch;
GRANT INSERT ON book, calendar_year, product_version, policy_version, account, ledger_version,
  accounting_group, imported_file TO loanbook_batch;
GRANT UPDATE (last_ordinal) ON bucket_counter TO loanbook_batch;
GRANT UPDATE (name, name_zh, applied_at) ON account TO loanbook_batch;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA loanbook TO loanbook_batch;
