-- Entries that no loan's fold makes: manual vouchers, impairment, clearing of channels and banks,
-- periods. They wait, immutable, for the close of their business date, which posts them into the
-- day's journal beside everything else: under the same checks, in the same hash.

CREATE TABLE entry (
  entry_id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  business_date date NOT NULL,
  source        text NOT NULL CHECK (source IN ('manual', 'impairment', 'channel', 'bank',
                  'tolerance', 'unidentified', 'period', 'transfer')),
  reference     text NOT NULL,
  memo          text NOT NULL,
  bucket        smallint NOT NULL DEFAULT 0,
  loan_id       bigint NOT NULL DEFAULT 0,
  group_id      integer NOT NULL DEFAULT 0,
  maker         text NOT NULL,
  checker       text CHECK (checker <> maker),
  entered_at    timestamptz NOT NULL DEFAULT now(),
  UNIQUE (source, reference)
);
COMMENT ON COLUMN entry.reference IS 'what it stands for, once a source: a second one is refused';
COMMENT ON COLUMN entry.loan_id IS '0: of no single loan; group_id 0: of no accounting group';
CREATE INDEX entry_day ON entry (business_date, entry_id);

CREATE TABLE entry_line (
  entry_id   bigint NOT NULL REFERENCES entry,
  line       smallint NOT NULL CHECK (line > 0),
  account_id integer NOT NULL REFERENCES account,
  amount     bigint NOT NULL CHECK (amount <> 0),
  PRIMARY KEY (entry_id, line)
);
COMMENT ON COLUMN entry_line.amount IS 'minor units, debit positive';

GRANT SELECT, INSERT ON entry, entry_line TO loanbook_batch;
GRANT USAGE ON SEQUENCE entry_entry_id_seq TO loanbook_batch;
