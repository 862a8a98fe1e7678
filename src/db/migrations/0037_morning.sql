-- The figures of a morning, kept once they were made: a sealed day does not change any more, and a
-- page shows thirty of them. Whoever defines a figure otherwise asks for another version.
CREATE TABLE morning_day (
  business_date date NOT NULL,
  version       integer NOT NULL,
  figures       jsonb NOT NULL,
  made_at       timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (business_date, version)
);
COMMENT ON COLUMN morning_day.figures IS 'exact amounts in minor units, as text behind which n stands';

-- First instalments that were open at the close that decided them: each later day within thirty
-- days asks for them, and their loans may have been settled since.
CREATE TABLE morning_first (
  business_date date NOT NULL,
  version       integer NOT NULL,
  open_1        bigint[] NOT NULL,
  open_7        bigint[] NOT NULL,
  open_30       bigint[] NOT NULL,
  PRIMARY KEY (business_date, version)
);
COMMENT ON TABLE morning_first IS
  'loans whose first instalment was decided that many days behind its due date, and open';

GRANT SELECT, INSERT ON morning_day, morning_first TO loanbook_batch;
