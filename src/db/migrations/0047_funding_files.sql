-- Files between partners and us: how they are laid out, which were written and read, and what the
-- check of a snapshot finds.

ALTER TABLE funding_terms DROP CONSTRAINT funding_terms_kind_check,
  ADD CONSTRAINT funding_terms_kind_check
    CHECK (kind IN ('partner', 'guarantee', 'merchant', 'layout'));

-- A file of ours is begun before it appears, so that a writer that was killed is gone on with.
CREATE TABLE funding_file (
  file_id       integer PRIMARY KEY,
  direction     text NOT NULL CHECK (direction IN ('out', 'in')),
  partner       text COLLATE "C" NOT NULL,
  family        text COLLATE "C" NOT NULL,
  business_date date NOT NULL,
  version       integer NOT NULL CHECK (version > 0),
  name          text COLLATE "C" NOT NULL,
  layout        text COLLATE "C" NOT NULL,
  sha256        text NOT NULL,
  rows_sha256   text NOT NULL,
  rows          bigint NOT NULL CHECK (rows >= 0),
  rejected      bigint NOT NULL CHECK (rejected >= 0),
  total         numeric,
  state         text NOT NULL CHECK (state IN ('begun', 'done')),
  matched       bigint,
  by_whom       text NOT NULL,
  made_at       timestamptz NOT NULL DEFAULT now(),
  chained_on    date,
  UNIQUE (direction, partner, family, business_date, version)
);
COMMENT ON COLUMN funding_file.layout IS 'code and version of the layout';
COMMENT ON COLUMN funding_file.rows_sha256 IS 'of the lines of its rows: the same rows again are no new version';
COMMENT ON COLUMN funding_file.total IS 'of total_of in minor units, over all lines; null: it has none';
COMMENT ON COLUMN funding_file.matched IS 'of a checked snapshot: loans without a break; null: not checked';
CREATE INDEX funding_file_chained ON funding_file (chained_on);
CREATE INDEX funding_file_content ON funding_file (sha256);
INSERT INTO chained_table (table_name, ready) VALUES ('funding_file', $$t.state = 'done'$$);
GRANT SELECT ON funding_file TO loanbook_batch;

-- A number of a packed column (src/jobs/day/packed.ts): base-128 varints, low bits first.
CREATE FUNCTION packed_number(bytes bytea, place integer) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
DECLARE
  at integer := 0;
  byte integer;
  value bigint := 0;
  shift integer := 0;
BEGIN
  FOR number IN 1 .. place LOOP
    WHILE get_byte(bytes, at) > 127 LOOP
      at := at + 1;
    END LOOP;
    at := at + 1;
  END LOOP;
  LOOP
    byte := get_byte(bytes, at);
    value := value + ((byte & 127)::bigint << shift);
    EXIT WHEN byte < 128;
    shift := shift + 7;
    at := at + 1;
  END LOOP;
  RETURN value;
END $$;

-- Refuses a value that a layout has no form for, naming it; it returns nothing.
CREATE FUNCTION refuse_written(loan_no text, field text, rule text, value text) RETURNS text
LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
  RAISE EXCEPTION 'the layout has no form for a value' USING ERRCODE = 'LB060',
    DETAIL = jsonb_build_object('loanNo', loan_no, 'field', field, 'rule', rule, 'value', value);
END $$;

-- Breaks that the check of a partner's snapshot finds stand beside those of statements.
ALTER TABLE recon_break
  ADD COLUMN partner   text COLLATE "C",
  ADD COLUMN component smallint,
  ADD COLUMN funding_file_id integer REFERENCES funding_file;
ALTER TABLE recon_break DROP CONSTRAINT recon_break_type_check,
  ADD CONSTRAINT recon_break_type_check CHECK (type IN ('missing_ours', 'missing_theirs', 'amount',
    'status', 'unposted', 'ledger', 'duplicate', 'cross_day', 'cash', 'refund', 'roll', 'class'));
ALTER TABLE recon_break DROP CONSTRAINT recon_break_statement,
  ADD CONSTRAINT recon_break_statement
    CHECK ((statement_id IS NULL) = (type = 'cash' OR partner IS NOT NULL)),
  ADD CONSTRAINT recon_break_snapshot CHECK ((partner IS NULL) = (funding_file_id IS NULL));
COMMENT ON COLUMN recon_break.partner IS 'whose snapshot it was found in; null: a statement, or none';
COMMENT ON COLUMN recon_break.component IS 'of an amount or roll of a snapshot';
CREATE INDEX recon_break_partner ON recon_break (partner) WHERE state = 'open' AND partner IS NOT NULL;
