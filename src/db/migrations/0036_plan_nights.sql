-- Plans, and what became of each of their business dates: an instance (night), its executions,
-- steps, attempts and alarms. One instance a plan and date; whoever holds its token runs it.

CREATE TABLE plan_version (
  plan       text COLLATE "C" NOT NULL,
  version    integer NOT NULL CHECK (version > 0),
  document   text NOT NULL,
  sha256     text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  applied_by text NOT NULL,
  chained_on date,
  PRIMARY KEY (plan, version)
);
CREATE INDEX plan_version_chained ON plan_version (chained_on);
INSERT INTO chained_table (table_name) VALUES ('plan_version');

CREATE TABLE plan_look (
  plan      text COLLATE "C" PRIMARY KEY,
  looked_to date,
  problem   text NOT NULL DEFAULT ''
);
COMMENT ON TABLE plan_look IS 'who looks at a plan locks its row, so that looks follow one another';
COMMENT ON COLUMN plan_look.looked_to IS 'the last business date that has an instance, or has none';
COMMENT ON COLUMN plan_look.problem IS 'why the last look came to nothing';

CREATE TABLE scheduler_look (
  host      text PRIMARY KEY,
  process   integer NOT NULL,
  began_at  timestamptz NOT NULL,
  looked_at timestamptz NOT NULL
);

CREATE TABLE night (
  night_id      integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  plan          text COLLATE "C" NOT NULL,
  business_date date NOT NULL,
  due_at        timestamptz NOT NULL,
  state         text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done',
                  'failed', 'held', 'interrupted', 'missed')),
  exit          smallint,
  version       integer,
  calendar      text,
  is_held       boolean NOT NULL DEFAULT false,
  is_late_told  boolean NOT NULL DEFAULT false,
  changes       integer NOT NULL DEFAULT 0,
  holder        text,
  token         uuid,
  lease_until   timestamptz,
  seen_at       timestamptz,
  stop_by       text,
  UNIQUE (plan, business_date),
  FOREIGN KEY (plan, version) REFERENCES plan_version,
  CHECK ((state IN ('waiting', 'missed')) = (version IS NULL)),
  CHECK ((state = 'running') = (token IS NOT NULL))
);
COMMENT ON COLUMN night.version IS 'of the plan, from the first execution on; null: not begun';
COMMENT ON COLUMN night.calendar IS 'the days of its first execution; null: every day is worked';
COMMENT ON COLUMN night.changes IS 'counts them: who writes shows that it read the last one';
COMMENT ON COLUMN night.seen_at IS 'the last sign of life of its runner, by the clock of that';
COMMENT ON COLUMN night.stop_by IS 'who asked its runner to stop';

CREATE TABLE night_execution (
  night_id integer NOT NULL REFERENCES night,
  number   integer NOT NULL,
  holder   text NOT NULL,
  began_at timestamptz NOT NULL,
  ended_at timestamptz,
  exit     smallint,
  PRIMARY KEY (night_id, number)
);

CREATE TABLE night_step (
  night_id   integer NOT NULL REFERENCES night,
  job        text COLLATE "C" NOT NULL,
  place      smallint NOT NULL,
  state      text NOT NULL,
  why        text,
  tries      integer NOT NULL,
  not_before timestamptz,
  is_held    boolean NOT NULL,
  told       text[] NOT NULL,
  PRIMARY KEY (night_id, job)
);
COMMENT ON COLUMN night_step.told IS 'alarms that are told once';

CREATE TABLE night_attempt (
  night_id integer NOT NULL,
  job      text COLLATE "C" NOT NULL,
  number   integer NOT NULL,
  began_at timestamptz NOT NULL,
  ended_at timestamptz,
  exit     smallint,
  process  text,
  log      text,
  PRIMARY KEY (night_id, job, number),
  FOREIGN KEY (night_id, job) REFERENCES night_step
);
COMMENT ON COLUMN night_attempt.process IS 'host, process group, machine and time of its start';

CREATE TABLE night_alarm (
  alarm_id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  night_id integer NOT NULL REFERENCES night,
  at       timestamptz NOT NULL,
  job      text NOT NULL,
  kind     text NOT NULL
);
COMMENT ON COLUMN night_alarm.job IS 'empty: of the whole instance';
CREATE INDEX night_alarm_night ON night_alarm (night_id);

-- A job of a night is skipped by two persons.
ALTER TABLE approval DROP CONSTRAINT approval_act_check,
  ADD CONSTRAINT approval_act_check CHECK (act IN ('voucher', 'statement_replace',
    'break_resolve', 'ledger', 'product', 'policy', 'period_reopen', 'party_erase',
    'file_release', 'night_skip'));

GRANT SELECT, INSERT ON plan_version, plan_look, scheduler_look, night, night_execution,
  night_step, night_attempt, night_alarm TO loanbook_batch;
GRANT UPDATE (looked_to, problem) ON plan_look TO loanbook_batch;
GRANT UPDATE (process, began_at, looked_at) ON scheduler_look TO loanbook_batch;
GRANT UPDATE (state, exit, version, calendar, is_held, is_late_told, changes, holder, token,
  lease_until, seen_at, stop_by) ON night TO loanbook_batch;
GRANT UPDATE (ended_at, exit) ON night_execution TO loanbook_batch;
GRANT UPDATE (state, why, tries, not_before, is_held, told) ON night_step TO loanbook_batch;
GRANT UPDATE (ended_at, exit) ON night_attempt TO loanbook_batch;
