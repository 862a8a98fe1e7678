-- Every job that takes long is a run: a close of a day as before, an import, a reconciliation, a run
-- of impairment and the close of a period too. A close is known by its day; `key` names what another
-- job is at (content, statement, day or month), and one that was done may come again.
ALTER TABLE run ADD key text;
COMMENT ON COLUMN run.key IS 'what the job is at; null: its business date';
ALTER TABLE run ADD CHECK ((key IS NULL) = (job = 'eod'));
DROP INDEX run_instance;
CREATE UNIQUE INDEX run_instance ON run (job, business_date)
  WHERE job = 'eod' AND status <> 'discarded';
CREATE UNIQUE INDEX run_key ON run (job, key) WHERE key IS NOT NULL AND status = 'open';

ALTER TABLE step DROP CONSTRAINT step_phase_check;
ALTER TABLE step ADD CONSTRAINT step_phase_check CHECK (phase IN ('fold', 'post', 'tidy', 'check',
  'seal', 'stage', 'match', 'store', 'compute', 'rows', 'carry'));

-- Only a new close waits for what holds the open day.
DROP TRIGGER run_waits_for_imports ON run;
CREATE TRIGGER run_waits_for_imports BEFORE INSERT ON run
  FOR EACH ROW WHEN (NEW.job = 'eod') EXECUTE FUNCTION wait_for_imports();

-- The sessions of each run that is under way, for whoever takes it over to end. The number is that
-- of an advisory lock that the session keeps to its end: by it a process number that the server has
-- given to another session is told apart. Nothing of it outlives the server.
CREATE UNLOGGED TABLE run_session (
  run_id integer NOT NULL,
  token  uuid NOT NULL,
  pid    integer NOT NULL,
  number integer NOT NULL,
  PRIMARY KEY (run_id, number, token)
);
CREATE SEQUENCE run_session_number AS integer CYCLE;
GRANT SELECT ON run_session TO loanbook_batch;
