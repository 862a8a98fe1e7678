-- Money that goes out to partners, and the room of plans that routed loans have taken.

-- What was settled with a party, once: items of business dates that follow one another.
CREATE TABLE funding_settlement (
  settlement_id integer PRIMARY KEY,
  party         text COLLATE "C" NOT NULL,
  direction     text NOT NULL CHECK (direction IN ('net', 'pay', 'draw')),
  due_on        date NOT NULL,
  from_date     date NOT NULL,
  to_date       date NOT NULL,
  amount        bigint NOT NULL,
  payable       bigint NOT NULL,
  receivable    bigint NOT NULL,
  reference     text COLLATE "C" NOT NULL UNIQUE,
  terms_version integer NOT NULL,
  settled_on    date NOT NULL,
  settled_at    timestamptz NOT NULL DEFAULT now(),
  settled_by    text NOT NULL,
  chained_on    date,
  UNIQUE (party, direction, to_date),
  CHECK (from_date <= to_date AND to_date <= due_on),
  CHECK (amount = payable - receivable)
);
COMMENT ON TABLE funding_settlement IS 'transfers with partners; amount 0: nothing to transfer';
COMMENT ON COLUMN funding_settlement.amount IS 'positive: we pay';
COMMENT ON COLUMN funding_settlement.reference IS 'of the transfer, the entry and the bank''s line';
COMMENT ON COLUMN funding_settlement.settled_on IS 'the open day, whose close posts the entry';
CREATE INDEX funding_settlement_chained ON funding_settlement (chained_on);
INSERT INTO chained_table (table_name) VALUES ('funding_settlement');

-- Which statement of a bank has a transfer; a statement that is replaced leaves it to the next.
CREATE TABLE transfer_found (
  reference    text COLLATE "C" PRIMARY KEY,
  statement_id integer NOT NULL
);
CREATE INDEX transfer_found_statement ON transfer_found (statement_id);
COMMENT ON TABLE transfer_found IS 'made again from the statements: no money moves by it';

-- Room of plans, a row where it is taken and one where it is freed; the customer as a hash.
CREATE TABLE funding_room (
  application_id text COLLATE "C" NOT NULL,
  is_freed       boolean NOT NULL,
  plan           text COLLATE "C" NOT NULL,
  party          text COLLATE "C" NOT NULL,
  customer       bytea NOT NULL,
  amount         bigint NOT NULL,
  business_date  date NOT NULL,
  PRIMARY KEY (application_id, is_freed),
  CHECK (amount <> 0 AND is_freed = (amount < 0))
);
COMMENT ON TABLE funding_room IS 'the partners'' shares of routed applications';
COMMENT ON COLUMN funding_room.amount IS 'negative where the disbursement failed';
CREATE INDEX funding_room_plan ON funding_room (plan, business_date) INCLUDE (amount);

GRANT SELECT ON funding_settlement, transfer_found, funding_room TO loanbook_batch;
GRANT INSERT ON funding_room TO loanbook_batch;

-- One source of entries more, beside whichever there are.
DO $$
DECLARE
  known text := substring(pg_get_constraintdef(oid) FROM 'ARRAY\[(.*)\]') FROM pg_constraint
    WHERE conrelid = 'entry'::regclass AND conname = 'entry_source_check';
BEGIN
  EXECUTE format('ALTER TABLE entry DROP CONSTRAINT entry_source_check,
    ADD CONSTRAINT entry_source_check CHECK (source = ANY (ARRAY[%s, %L]))', known, 'settlement');
END $$;
