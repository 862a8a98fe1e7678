-- Plans of nights: what is run for each business date.

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

GRANT SELECT, INSERT ON plan_version TO loanbook_batch;
