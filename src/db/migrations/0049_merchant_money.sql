-- What merchants are paid for their orders, what they give back, and what they have earned us.

-- One settlement of a merchant; the last of them says how the merchant stands.
CREATE TABLE merchant_settlement (
  settlement_id  integer PRIMARY KEY,
  merchant       text COLLATE "C" NOT NULL,
  number         integer NOT NULL,
  due_on         date NOT NULL,
  from_date      date,
  to_date        date,
  gross          bigint NOT NULL,
  fee            bigint NOT NULL,
  subsidy        bigint NOT NULL,
  withheld       bigint NOT NULL,
  refunds        bigint NOT NULL,
  fee_back       bigint NOT NULL,
  subsidy_back   bigint NOT NULL,
  released       bigint NOT NULL,
  drawn          bigint NOT NULL,
  carried_in     bigint NOT NULL,
  paid           bigint NOT NULL CHECK (paid >= 0),
  carried_out    bigint NOT NULL,
  negative_since date,
  held_days      date[] NOT NULL,
  held_left      bigint[] NOT NULL,
  reference      text COLLATE "C" NOT NULL UNIQUE,
  terms_version  integer NOT NULL,
  settled_on     date NOT NULL,
  settled_at     timestamptz NOT NULL DEFAULT now(),
  settled_by     text NOT NULL,
  chained_on     date,
  UNIQUE (merchant, number),
  CHECK (from_date <= to_date AND to_date <= due_on AND (from_date IS NULL) = (to_date IS NULL)),
  CHECK (paid + carried_out = gross - fee - subsidy - withheld - refunds + fee_back + subsidy_back
    + released + drawn + carried_in),
  CHECK ((negative_since IS NOT NULL) = (carried_out < 0)),
  CHECK (cardinality(held_days) = cardinality(held_left))
);
COMMENT ON TABLE merchant_settlement IS 'what merchants were paid; paid 0: no transfer';
COMMENT ON COLUMN merchant_settlement.from_date IS 'first business date; null: only a release';
COMMENT ON COLUMN merchant_settlement.carried_out IS 'negative: the merchant owes';
COMMENT ON COLUMN merchant_settlement.held_days IS 'business dates of which something is held back';
COMMENT ON COLUMN merchant_settlement.reference IS 'of transfer, entry and the bank''s line';
CREATE INDEX merchant_settlement_chained ON merchant_settlement (chained_on);

-- What customers gave back: an event of the loan, netted with the merchant.
CREATE TABLE merchant_refund (
  refund_id     integer PRIMARY KEY,
  merchant      text COLLATE "C" NOT NULL,
  refund_no     text COLLATE "C" NOT NULL,
  bucket        smallint NOT NULL,
  loan_id       bigint NOT NULL,
  amount        bigint NOT NULL CHECK (amount > 0),
  earned        bigint NOT NULL,
  business_date date NOT NULL,
  file_sha256   text NOT NULL,
  made_at       timestamptz NOT NULL DEFAULT now(),
  made_by       text NOT NULL,
  chained_on    date,
  UNIQUE (merchant, refund_no)
);
COMMENT ON COLUMN merchant_refund.earned IS 'interest of the loan that had accrued before';
COMMENT ON COLUMN merchant_refund.business_date IS 'on which it is booked, with its event';
CREATE INDEX merchant_refund_loan ON merchant_refund (bucket, loan_id);
CREATE INDEX merchant_refund_day ON merchant_refund (merchant, business_date);
CREATE INDEX merchant_refund_chained ON merchant_refund (chained_on);

-- What of subsidies was earned with the accrual, by cumulative difference.
CREATE TABLE merchant_earning (
  merchant     text COLLATE "C" NOT NULL,
  through_date date NOT NULL,
  earned       bigint NOT NULL,
  amount       bigint NOT NULL,
  reference    text COLLATE "C" NOT NULL UNIQUE,
  posted_on    date NOT NULL,
  posted_at    timestamptz NOT NULL DEFAULT now(),
  posted_by    text NOT NULL,
  chained_on   date,
  PRIMARY KEY (merchant, through_date)
);
COMMENT ON COLUMN merchant_earning.earned IS 'of all settled orders, through that day';
CREATE INDEX merchant_earning_chained ON merchant_earning (chained_on);

INSERT INTO chained_table (table_name)
  VALUES ('merchant_settlement'), ('merchant_refund'), ('merchant_earning');
GRANT SELECT ON merchant_settlement, merchant_refund, merchant_earning TO loanbook_batch;
GRANT INSERT ON merchant_refund TO loanbook_batch;

-- One source of entries more, beside whichever there are.
DO $$
DECLARE
  known text := substring(pg_get_constraintdef(oid) FROM 'ARRAY\[(.*)\]') FROM pg_constraint
    WHERE conrelid = 'entry'::regclass AND conname = 'entry_source_check';
BEGIN
  EXECUTE format('ALTER TABLE entry DROP CONSTRAINT entry_source_check,
    ADD CONSTRAINT entry_source_check CHECK (source = ANY (ARRAY[%s, %L]))', known, 'merchant');
END $$;
