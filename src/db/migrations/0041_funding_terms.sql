-- Who funds, guarantees, buys and sells beside the lender: partners, guarantees and merchants, in
-- versions that never change. The highest version that is in force on a day rules it.

CREATE TABLE funding_terms (
  kind           text COLLATE "C" NOT NULL CHECK (kind IN ('partner', 'guarantee', 'merchant')),
  code           text COLLATE "C" NOT NULL,
  version        integer NOT NULL CHECK (version > 0),
  effective_from date NOT NULL,
  document       text NOT NULL,
  sha256         text NOT NULL,
  applied_at     timestamptz NOT NULL DEFAULT now(),
  applied_by     text NOT NULL,
  chained_on     date,
  PRIMARY KEY (kind, code, version)
);
CREATE INDEX funding_terms_chained ON funding_terms (chained_on);
INSERT INTO chained_table (table_name) VALUES ('funding_terms');
GRANT SELECT, INSERT ON funding_terms TO loanbook_batch;
