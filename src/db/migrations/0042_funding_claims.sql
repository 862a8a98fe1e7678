-- What guarantors answer, and what of a customer's money is theirs. Claims are not kept: they follow
-- from these acts, the schedule, the events of the loan and the terms that it was assigned under.

CREATE TABLE guarantee_act (
  act_id        bigint PRIMARY KEY,
  business_date date NOT NULL,
  bucket        smallint NOT NULL,
  loan_id       bigint NOT NULL,
  type          text COLLATE "C" NOT NULL
    CHECK (type IN ('charge', 'compensation', 'buy_back', 'refusal', 'passed')),
  seq           smallint NOT NULL CHECK (seq >= 0),
  amount        bigint NOT NULL CHECK (amount >= 0),
  ref           text NOT NULL,
  after_event   bigint NOT NULL,
  event_id      bigint NOT NULL DEFAULT 0,
  file_sha256   text NOT NULL DEFAULT '',
  acted_by      text NOT NULL,
  acted_at      timestamptz NOT NULL DEFAULT now(),
  chained_on    date
);
CREATE INDEX guarantee_act_loan ON guarantee_act (bucket, loan_id, act_id);
CREATE UNIQUE INDEX guarantee_act_once ON guarantee_act (bucket, loan_id, event_id)
  WHERE type = 'passed';
CREATE INDEX guarantee_act_chained ON guarantee_act (chained_on);
COMMENT ON TABLE guarantee_act IS 'answers of guarantors, and customers'' money passed to them';
COMMENT ON COLUMN guarantee_act.after_event IS 'events of the book up to this one came before it';
COMMENT ON COLUMN guarantee_act.event_id IS 'of money passed: the event that brought it';
COMMENT ON COLUMN guarantee_act.file_sha256 IS 'of an answer: the file that brought it';

-- What is owed to guarantors: recoveries and returns, on the day on which they are booked.
CREATE TABLE guarantor_item (
  act_id        bigint PRIMARY KEY REFERENCES guarantee_act,
  business_date date NOT NULL,
  guarantor     text COLLATE "C" NOT NULL,
  kind          text COLLATE "C" NOT NULL CHECK (kind IN ('recovery', 'return')),
  amount        bigint NOT NULL CHECK (amount > 0),
  chained_on    date
);
CREATE INDEX guarantor_item_day ON guarantor_item (business_date, guarantor);
CREATE INDEX guarantor_item_chained ON guarantor_item (chained_on);
COMMENT ON COLUMN guarantor_item.amount IS 'what the lender pays the guarantor';

INSERT INTO chained_table (table_name) VALUES ('guarantee_act'), ('guarantor_item');
GRANT SELECT, INSERT ON guarantee_act, guarantor_item TO loanbook_batch;

ALTER TABLE entry DROP CONSTRAINT entry_source_check;
ALTER TABLE entry ADD CONSTRAINT entry_source_check CHECK (source IN ('manual', 'impairment',
  'channel', 'bank', 'tolerance', 'unidentified', 'period', 'transfer', 'guarantee'));
