-- Files of others and for others: where they lie, what is expected, and what became of each.

CREATE TABLE files_version (
  version    integer PRIMARY KEY CHECK (version > 0),
  document   text NOT NULL,
  sha256     text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  applied_by text NOT NULL,
  chained_on date
);
COMMENT ON TABLE files_version IS 'folders and inbox rules; the highest version is in force';

-- A row for each name that lies in the inbox or vanished from it, and one for each file that was
-- taken out of it, for ever.
CREATE TABLE inbox_file (
  file_id         integer PRIMARY KEY,
  name            text COLLATE "C" NOT NULL,
  rule            text,
  business_date   date,
  state           text NOT NULL CHECK (state IN ('unexpected', 'growing', 'waiting_control',
                    'lone_control', 'quarantined', 'duplicate', 'early', 'ready', 'gone', 'taken',
                    'done', 'rejected')),
  since           timestamptz NOT NULL,
  size            bigint NOT NULL CHECK (size >= 0),
  mtime           text NOT NULL,
  unchanged_since timestamptz NOT NULL,
  sha256          text,
  reason          text CHECK (reason IN ('control_differs', 'name_reused', 'changed_after_ready')),
  duplicate_of    text,
  is_late         boolean NOT NULL,
  ready_sha256    text,
  released_sha256 text,
  first_seen      timestamptz NOT NULL,
  last_seen       timestamptz,
  taken_at        timestamptz,
  in_work         boolean NOT NULL DEFAULT false,
  ended_at        timestamptz,
  ended_by        text,
  chained_on      date,
  changes         integer NOT NULL DEFAULT 0,
  CHECK ((reason IS NULL) = (state <> 'quarantined')),
  CHECK ((state IN ('taken', 'done', 'rejected')) = (taken_at IS NOT NULL)),
  CHECK (state NOT IN ('ready', 'taken', 'done', 'rejected') OR sha256 IS NOT NULL)
);
COMMENT ON COLUMN inbox_file.name IS 'as shown: what a line cannot show is written \xHH, byte by byte';
COMMENT ON COLUMN inbox_file.rule IS 'code of the rule; null: none, as of a date that is not real';
COMMENT ON COLUMN inbox_file.since IS 'the scan or act from which on it is in this state';
COMMENT ON COLUMN inbox_file.mtime IS 'time of the last change of content and of the file; only compared';
COMMENT ON COLUMN inbox_file.sha256 IS 'of the content with this size and time; null while not read';
COMMENT ON COLUMN inbox_file.ready_sha256 IS 'the content with which it was ready last';
COMMENT ON COLUMN inbox_file.released_sha256 IS 'the content that two persons let out of quarantine';
COMMENT ON COLUMN inbox_file.last_seen IS 'null: it lies in the inbox, as of the last look';
COMMENT ON COLUMN inbox_file.in_work IS 'the file lies in the work folder, its content held to the hash';
COMMENT ON COLUMN inbox_file.ended_by IS 'what took it, such as import 12, or the code of the refusal';
CREATE UNIQUE INDEX inbox_file_here ON inbox_file (name)
  WHERE state NOT IN ('taken', 'done', 'rejected');
CREATE INDEX inbox_file_name ON inbox_file (name);
CREATE INDEX inbox_file_content ON inbox_file (sha256) WHERE state IN ('taken', 'done', 'rejected');
CREATE INDEX inbox_file_date ON inbox_file (business_date);
CREATE INDEX inbox_file_state ON inbox_file (state);
CREATE INDEX inbox_file_chained ON inbox_file (chained_on);

CREATE TABLE inbox_look (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  at       timestamptz NOT NULL,
  open_on  date NOT NULL
);
COMMENT ON TABLE inbox_look IS 'the last look at the inbox; no row: there was none';

-- Files for others. A row is made before the file appears, so that what was killed is gone on with.
CREATE TABLE outbox_file (
  out_id       integer PRIMARY KEY,
  name         text COLLATE "C" NOT NULL UNIQUE,
  state        text NOT NULL CHECK (state IN ('begun', 'released')),
  size         bigint NOT NULL CHECK (size >= 0),
  sha256       text NOT NULL,
  control_name text,
  control_text text,
  corrects     text REFERENCES outbox_file (name),
  made_by      text NOT NULL,
  business_date date NOT NULL,
  begun_at     timestamptz NOT NULL,
  released_at  timestamptz,
  chained_on   date,
  CHECK ((control_name IS NULL) = (control_text IS NULL)),
  CHECK ((state = 'released') = (released_at IS NOT NULL))
);
COMMENT ON COLUMN outbox_file.corrects IS 'the version before it';
COMMENT ON COLUMN outbox_file.business_date IS 'the day that was open';
CREATE INDEX outbox_file_chained ON outbox_file (chained_on);

INSERT INTO chained_table (table_name) VALUES ('files_version');
-- A file that is done, or released, is never another one again.
INSERT INTO chained_table (table_name, ready) VALUES
  ('inbox_file', $$t.state = 'done'$$), ('outbox_file', $$t.state = 'released'$$);

GRANT SELECT, INSERT ON files_version TO loanbook_batch;
GRANT SELECT ON inbox_file, inbox_look, outbox_file TO loanbook_batch;

-- One act more that waits for a second person, beside whichever there are.
DO $$
DECLARE
  known text := substring(pg_get_constraintdef(oid) FROM 'ARRAY\[(.*)\]') FROM pg_constraint
    WHERE conrelid = 'approval'::regclass AND conname = 'approval_act_check';
BEGIN
  EXECUTE format('ALTER TABLE approval DROP CONSTRAINT approval_act_check,
    ADD CONSTRAINT approval_act_check CHECK (act = ANY (ARRAY[%s, %L]))', known, 'file_release');
END $$;
