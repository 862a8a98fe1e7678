-- What rules the money is proven like the rows of a day. At each seal the rows that came in since
-- the one before are hashed, table by table, into sealed_input, and the hash of these is chained. What was there before this is chained at the next seal, as it is found then.

-- The tables that are chained; a domain that adds one adds a row. Key and columns are taken from the
-- catalogue, so that a new column is proven without a word here.
CREATE TABLE chained_table (
  table_name text PRIMARY KEY,
  day_column text NOT NULL DEFAULT 'chained_on',
  ready      text NOT NULL DEFAULT 'true',
  beside     text[] NOT NULL DEFAULT '{}',
  chained_on date,
  changes    integer NOT NULL DEFAULT 0
);
COMMENT ON COLUMN chained_table.day_column IS
  'the day a row belongs to; chained_on: the day whose seal found it, which the seal writes';
COMMENT ON COLUMN chained_table.ready IS 'condition of the rows t that will not change without saying so';
COMMENT ON COLUMN chained_table.beside IS 'columns that are proven by other means';
COMMENT ON COLUMN chained_table.changes IS
  'counts the changes of a row; whoever changes it empties chained_on, and the next seal chains it anew';

CREATE TABLE sealed_input (
  business_date date NOT NULL,
  table_name    text NOT NULL,
  columns       text[] NOT NULL,
  rows          bigint NOT NULL,
  keys          text[] NOT NULL,
  changes       integer[],
  digests       bytea[] NOT NULL,
  hash          bytea NOT NULL,
  PRIMARY KEY (table_name, business_date)
);
COMMENT ON TABLE sealed_input IS 'rows that a seal chained, by table; no row: there were none';
COMMENT ON COLUMN sealed_input.columns IS 'in the order in which the digest of a row reads them';
COMMENT ON COLUMN sealed_input.digests IS 'of each row, beside its key: half a SHA-256';
COMMENT ON COLUMN sealed_input.hash IS 'SHA-256 of keys, changes and digests';
CREATE INDEX sealed_input_day ON sealed_input (business_date);

-- A chain of its own: that of the days is the same however often and by whom a day was closed.
ALTER TABLE sealed_day
  ADD COLUMN inputs_hash bytea,
  ADD COLUMN proof_hash  bytea,
  ADD CHECK ((inputs_hash IS NULL) = (proof_hash IS NULL));
COMMENT ON COLUMN sealed_day.inputs_hash IS
  'of sealed_input of the day; null: sealed before it was kept';
COMMENT ON COLUMN sealed_day.proof_hash IS
  'SHA-256 of the proof hash of the day before, chain_hash, inputs_hash, run and time of the seal';

-- A task's inputs and outputs one by one.
ALTER TABLE step
  ADD COLUMN table_hashes   bytea,
  ADD COLUMN events         bigint NOT NULL DEFAULT 0,
  ADD COLUMN events_hash    bytea,
  ADD COLUMN event_marks    bytea,
  ADD COLUMN contracts      bigint NOT NULL DEFAULT 0,
  ADD COLUMN contracts_hash bytea;
COMMENT ON COLUMN step.table_hashes IS
  'SHA-256 of its positions, allocations, outcomes, journal lines and schedules, one behind the other';
COMMENT ON COLUMN step.events IS 'events of the day itself';
COMMENT ON COLUMN step.events_hash IS 'SHA-256 of these, but for those that bring a contract in';
COMMENT ON COLUMN step.event_marks IS 'CRC-32 of each of these events, in order: which of them is another';
COMMENT ON COLUMN step.contracts IS 'contracts that came into the book with the task';
COMMENT ON COLUMN step.contracts_hash IS 'SHA-256 of their digests in loan order';

-- Of each contract (loan, first schedule and the event that brought it in) as the close of its first
-- day read it: what a later close looks up of a loan is held against it.
CREATE TABLE loan_digest (
  bucket  smallint NOT NULL,
  loan_id bigint NOT NULL,
  born_on date NOT NULL,
  digest  bytea NOT NULL,
  PRIMARY KEY (bucket, loan_id)
);
COMMENT ON TABLE loan_digest IS 'SHA-256 of a contract, as jobs/day/contract.ts reads it';
COMMENT ON COLUMN loan_digest.born_on IS 'the day whose close gave the loan its first position';
CREATE INDEX loan_digest_born ON loan_digest USING brin (born_on);
GRANT SELECT, INSERT ON loan_digest TO loanbook_batch;

-- Rows of large tables that no close writes: hashed when they are written, in shares of buckets.
CREATE TABLE digested_table (
  table_name text PRIMARY KEY,
  of_part    text NOT NULL,
  chained_on date,
  changes    integer NOT NULL DEFAULT 0
);
COMMENT ON COLUMN digested_table.of_part IS 'condition of the rows of a part $1, such as a month';
CREATE TABLE row_digest (
  table_name  text NOT NULL,
  part        date NOT NULL,
  bucket_from smallint NOT NULL,
  columns     text[] NOT NULL,
  rows        bigint NOT NULL,
  marks       bytea NOT NULL,
  hash        bytea NOT NULL,
  chained_on  date,
  PRIMARY KEY (table_name, part, bucket_from)
);
COMMENT ON COLUMN row_digest.bucket_from IS 'the first of 64 buckets';
COMMENT ON COLUMN row_digest.marks IS 'the first four bytes of the digest of each row, in order';
COMMENT ON COLUMN row_digest.hash IS 'SHA-256 of the digests of the rows, in order';

DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['account', 'accounting_group', 'approval', 'audit', 'book', 'break_action',
    'bucket_counter', 'calendar_year', 'channel_version', 'entry_line', 'execution',
    'function_file', 'impairment_run', 'impairment_version', 'imported_file', 'ledger_version',
    'manual_voucher', 'manual_voucher_line', 'migration', 'owned_by_day', 'period_event',
    'person', 'policy_version', 'product_version', 'recon_break', 'run', 'sealed_day', 'statement', 'step',
    'voucher_decision', 'voucher_file'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN chained_on date', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY['account', 'approval', 'book', 'bucket_counter', 'function_file',
    'imported_file', 'owned_by_day', 'person', 'recon_break', 'statement'] LOOP
    EXECUTE format('ALTER TABLE %I ADD COLUMN changes integer NOT NULL DEFAULT 0', name);
  END LOOP;
  -- What grows from day to day is found by its day.
  FOREACH name IN ARRAY ARRAY['approval', 'audit', 'break_action', 'entry_line', 'execution', 'imported_file',
    'manual_voucher', 'manual_voucher_line', 'recon_break', 'run', 'sealed_day', 'statement',
    'step', 'voucher_decision', 'voucher_file'] LOOP
    EXECUTE format('CREATE INDEX %I ON %I (chained_on)', name || '_chained', name);
  END LOOP;
END $$;

INSERT INTO chained_table (table_name)
SELECT unnest(ARRAY['account', 'accounting_group', 'approval', 'audit', 'break_action', 'bucket_counter',
  'calendar_year', 'chained_table', 'channel_version', 'digested_table', 'entry_line',
  'function_file', 'impairment_run', 'impairment_version', 'imported_file', 'ledger_version',
  'manual_voucher', 'manual_voucher_line', 'migration', 'owned_by_day', 'period_event',
  'person', 'policy_version', 'product_version', 'recon_break', 'row_digest', 'sealed_day', 'statement',
  'voucher_decision', 'voucher_file']);
INSERT INTO chained_table (table_name, beside) VALUES ('book', '{business_date}');
INSERT INTO chained_table (table_name, ready) VALUES
  ('run', $$t.status <> 'open'$$),
  ('execution', $$t.ended_at IS NOT NULL
    AND EXISTS (SELECT FROM run r WHERE r.run_id = t.run_id AND r.status <> 'open')$$),
  ('step', $$EXISTS (SELECT FROM run r WHERE r.run_id = t.run_id AND r.status <> 'open')$$);
INSERT INTO chained_table (table_name, day_column) VALUES
  ('entry', 'business_date'), ('gl_balance', 'business_date'), ('held_loan', 'business_date'),
  ('left_loan', 'left_on'), ('subledger_total', 'business_date'), ('tax_total', 'business_date');

INSERT INTO digested_table (table_name, of_part) VALUES
  ('month_row', 'month = $1'),
  ('impairment_loan', 'as_of = $1'),
  ('event', 'business_date < $1'),
  ('loan_digest', 'born_on < $1');
COMMENT ON TABLE digested_table IS 'event, loan_digest: what was there before the tasks of a day hashed it';

-- A task that is folded again writes the digests of its contracts again.
INSERT INTO owned_by_day (place, table_name, of_day) VALUES (8, 'loan_digest', 'born_on = $1');

GRANT SELECT ON chained_table, sealed_input, digested_table, row_digest TO loanbook_batch;
GRANT UPDATE (chained_on, changes) ON account, bucket_counter TO loanbook_batch;

-- What people decide, what a day is sealed by and what a step did is written by functions alone.
REVOKE INSERT ON break_action, entry, entry_line, execution, gl_balance, impairment_run,
  manual_voucher, manual_voucher_line, period_event, recon_break, run, statement, step,
  subledger_total, tax_total, voucher_decision, voucher_file FROM loanbook_batch;
REVOKE UPDATE (state, settled_by, suspense, released, tolerated_long, tolerated_short, posted_on)
  ON statement FROM loanbook_batch;
REVOKE UPDATE (state, assignee, resolution, reason, resolved_on, resolved_by_statement, suspense)
  ON recon_break FROM loanbook_batch;
REVOKE UPDATE (rows_read, rows_written, loans_born, loans_closed, loans_held, events_read,
  events_rejected, totals, hash, ended_at, loans_returned) ON step FROM loanbook_batch;
-- A run is begun and claimed by hand, not ended.
GRANT INSERT (job, key, business_date, tasks, status, engine_version, hashed_columns) ON run
  TO loanbook_batch;
GRANT INSERT (run_id, attempt, holder, workers) ON execution TO loanbook_batch;
GRANT INSERT (run_id, phase, task, bucket_from, bucket_to) ON step TO loanbook_batch;

-- A calendar year is a document as well.
ALTER TABLE calendar_year ADD COLUMN sha256 text;
UPDATE calendar_year SET sha256 = encode(sha256(convert_to(format(
  '{"year":%s,"holidays":%s,"workdays":%s}', year,
  replace(to_json(holidays)::text, ', ', ','), replace(to_json(workdays)::text, ', ', ',')),
  'UTF8')), 'hex');
ALTER TABLE calendar_year ALTER sha256 SET NOT NULL;
COMMENT ON COLUMN calendar_year.sha256 IS 'of the year as JSON: year, holidays, workdays';

-- What a cancelled import leaves behind.
DELETE FROM loan_look k WHERE NOT EXISTS (
  SELECT FROM loan l WHERE l.bucket = k.bucket AND l.loan_no = k.loan_no);

-- What stands already, as it is found now: contracts, events of closed days, months, impairment.
-- A digest of a contract is over its tuple in the binary form of COPY.
INSERT INTO loan_digest (bucket, loan_id, born_on, digest)
SELECT l.bucket, l.loan_id, e.business_date, sha256(
    tuple.head || tuple.arrays || tuple.dates || tuple.texts || tuple.event)
FROM event e
JOIN loan l ON l.bucket = e.bucket AND l.loan_id = e.loan_id
JOIN schedule s ON s.bucket = e.bucket AND s.loan_id = e.loan_id AND s.version = 1
CROSS JOIN LATERAL (SELECT
  int4send(8) || int8send(l.loan_id) || int4send(8) || int8send(e.event_id)
    || int4send(8) || int8send(l.principal) || int4send(8) || int8send(l.rate_ppb)
    || int4send(4) || date_send(l.disbursed_on) || int4send(4) || date_send(l.born_on)
    || int4send(4) || date_send(coalesce(l.first_due_on, DATE '9999-12-31'))
    || int4send(4) || int4send(l.group_id) || int4send(2) || int2send(l.bucket)
    || int4send(2) || int2send(l.paid_periods) || int4send(2) || int2send(e.type)
    || int4send(2) || int2send(l.periods) || int4send(2) || int2send(s.version) AS head,
  int4send(octet_length(array_send(s.due_on))) || array_send(s.due_on)
    || int4send(octet_length(array_send(s.principal))) || array_send(s.principal)
    || int4send(octet_length(array_send(s.interest))) || array_send(s.interest)
    || int4send(octet_length(array_send(s.balance_after))) || array_send(s.balance_after) AS arrays,
  int4send(4) || date_send(s.effective_on) || int4send(1) || boolsend(l.first_due_on IS NULL)
    || int4send(4) || int4send(l.product_id) || int4send(4) || int4send(l.import_id) AS dates,
  int4send(octet_length(l.loan_no)) || textsend(l.loan_no)
    || int4send(octet_length(l.org)) || textsend(l.org)
    || int4send(octet_length(l.rate)) || textsend(l.rate)
    || int4send(octet_length(e.ref)) || textsend(e.ref)
    || int4send(octet_length(e.buyer)) || textsend(e.buyer) AS texts,
  int4send(4) || date_send(e.value_date) || int4send(4) || date_send(e.business_date)
    || int4send(8) || int8send(e.amount) || int4send(4) || int4send(e.import_id)
    || int4send(2) || int2send(e.component) || int4send(2) || int2send(e.seq)
    || int4send(4) || date_send(e.due_on) || int4send(2) || int2send(e.early_payment)
    || int4send(8) || int8send(e.rate_ppb) || int4send(8) || int8send(e.of_event_id) AS event
) AS tuple
WHERE e.type <= 2 AND e.business_date < (SELECT business_date FROM book)
  -- What could not be born so far is held, and may still be put right.
  AND NOT EXISTS (SELECT FROM held_loan h JOIN book k ON h.business_date = k.business_date - 1
    WHERE h.bucket = e.bucket AND h.loan_id = e.loan_id AND NOT EXISTS (
      SELECT FROM position p WHERE p.business_date = h.business_date AND p.bucket = h.bucket
        AND p.loan_id = h.loan_id))
ORDER BY l.bucket, l.loan_id;

DO $$
DECLARE
  each record;
BEGIN
  FOR each IN
    SELECT 'month_row' AS name, month AS part, of_part, 'bucket, loan_id' AS place,
      (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
       WHERE attrelid = 'month_row'::regclass AND attnum > 0 AND NOT attisdropped) AS columns
    FROM digested_table, (SELECT DISTINCT month FROM month_row) AS m WHERE table_name = 'month_row'
    UNION ALL SELECT 'impairment_loan', as_of, of_part, 'bucket, loan_id',
      (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
       WHERE attrelid = 'impairment_loan'::regclass AND attnum > 0 AND NOT attisdropped)
    FROM digested_table, impairment_run WHERE table_name = 'impairment_loan'
    UNION ALL SELECT 'event', business_date, of_part, 'bucket, loan_id, event_id',
      (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
       WHERE attrelid = 'event'::regclass AND attnum > 0 AND NOT attisdropped)
    FROM digested_table, book
    WHERE table_name = 'event' AND business_date > first_business_date
    UNION ALL SELECT 'loan_digest', business_date, of_part, 'bucket, loan_id',
      (SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute
       WHERE attrelid = 'loan_digest'::regclass AND attnum > 0 AND NOT attisdropped)
    FROM digested_table, book
    WHERE table_name = 'loan_digest' AND business_date > first_business_date
  LOOP
    EXECUTE format(
      'INSERT INTO row_digest (table_name, part, bucket_from, columns, rows, marks, hash)
       SELECT %L, $1, bucket / 64 * 64, $2, count(*),
         string_agg(substr(digest, 1, 4), NULL ORDER BY %s), sha256(string_agg(digest, NULL ORDER BY %s))
       FROM (SELECT %s, sha256(record_send(ROW(%s))) AS digest FROM %I WHERE %s) AS rows
       GROUP BY bucket / 64',
      each.name, each.place, each.place, each.place, array_to_string(each.columns, ', '),
      each.name, each.of_part)
    USING each.part, each.columns;
  END LOOP;
END $$;
