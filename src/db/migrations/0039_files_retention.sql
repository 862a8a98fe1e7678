-- What a book keeps for a time only: files of rejected rows that imports wrote, and files of others
-- that were taken. Logs of nights are rows of night_attempt.

CREATE TABLE reject_file (
  reject_id  integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  path       text COLLATE "C" NOT NULL,
  host       text NOT NULL,
  sha256     text NOT NULL,
  written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  goes_at    timestamptz NOT NULL,
  begun_at   timestamptz,
  gone_at    timestamptz
);
COMMENT ON COLUMN reject_file.path IS 'absolute; each part that holds a number of a person is kept '
  'masked, with a mark by which whoever has the secret of the book finds it';
COMMENT ON COLUMN reject_file.host IS 'where it was written: a path says nothing elsewhere';
COMMENT ON COLUMN reject_file.sha256 IS 'as it was written, or imported once it was corrected';
COMMENT ON COLUMN reject_file.begun_at IS 'from here on a file that is not there was taken away by us';
CREATE UNIQUE INDEX reject_file_here ON reject_file (host, path) WHERE gone_at IS NULL;
CREATE INDEX reject_file_goes ON reject_file (goes_at) WHERE gone_at IS NULL;

CREATE TABLE file_removal (
  file_id    integer PRIMARY KEY REFERENCES inbox_file,
  sha256     text NOT NULL,
  begun_at   timestamptz NOT NULL,
  removed_at timestamptz,
  chained_on date
);
COMMENT ON TABLE file_removal IS 'taken files that were taken away once they had been kept long enough';
CREATE INDEX file_removal_chained ON file_removal (chained_on);
INSERT INTO chained_table (table_name, ready) VALUES ('file_removal', 't.removed_at IS NOT NULL');

GRANT SELECT, INSERT ON reject_file TO loanbook_batch;
GRANT UPDATE (sha256, written_at, goes_at, begun_at, gone_at) ON reject_file TO loanbook_batch;
GRANT SELECT ON file_removal TO loanbook_batch;
GRANT UPDATE (log) ON night_attempt TO loanbook_batch;
COMMENT ON COLUMN night_attempt.log IS 'null once it was taken away';
