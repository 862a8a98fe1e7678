-- The text of the functions is in functions/<domain>.sql from here on: each file is applied again when
-- its hash changes. What a function of before 0026 says is said there now.
CREATE TABLE function_file (
  name       text PRIMARY KEY,
  sha256     text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now()
);
GRANT SELECT ON function_file TO loanbook_batch;

-- What a close leaves outside the day's own tables, and discard_day takes back, in this order. A
-- domain that writes more adds a row.
CREATE TABLE owned_by_day (
  place      integer PRIMARY KEY,
  table_name text NOT NULL,
  of_day     text NOT NULL
);
COMMENT ON COLUMN owned_by_day.of_day IS 'condition of the rows of day $1';
INSERT INTO owned_by_day VALUES
  (1, 'schedule_balance', '(bucket, loan_id, version) IN (SELECT bucket, loan_id, version
    FROM schedule WHERE effective_on = $1 AND version > 1)'),
  (2, 'schedule', 'effective_on = $1 AND version > 1'),
  (3, 'held_loan', 'business_date = $1'),
  (4, 'left_loan', 'left_on = $1'),
  (5, 'gl_balance', 'business_date = $1'),
  (6, 'subledger_total', 'business_date = $1'),
  (7, 'tax_total', 'business_date = $1');
GRANT SELECT ON owned_by_day TO loanbook_batch;

-- A distributed server has no triggers on the rows of its shards.
DROP TRIGGER schedule_gone ON schedule;
DROP FUNCTION forget_balances();
