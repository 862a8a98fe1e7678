-- Who funds a loan: plans, the groups of their loans, and what each party has of every event.

CREATE TABLE funding_plan_version (
  plan_id        integer PRIMARY KEY,
  code           text COLLATE "C" NOT NULL,
  version        integer NOT NULL CHECK (version > 0),
  effective_from date NOT NULL,
  document       text NOT NULL,
  sha256         text NOT NULL,
  applied_at     timestamptz NOT NULL DEFAULT now(),
  chained_on     date,
  UNIQUE (code, version)
);
COMMENT ON TABLE funding_plan_version IS 'funding plans as applied; a version never changes';
INSERT INTO chained_table (table_name) VALUES ('funding_plan_version');
GRANT SELECT, INSERT ON funding_plan_version TO loanbook_batch;

-- Loans of two versions of a plan have other shares: each version has groups of its own.
ALTER TABLE accounting_group
  ADD COLUMN plan_id integer REFERENCES funding_plan_version,
  DROP CONSTRAINT accounting_group_product_id_org_funding_plan_key;
CREATE UNIQUE INDEX accounting_group_of
  ON accounting_group (product_id, org, funding_plan, coalesce(plan_id, 0));
COMMENT ON COLUMN accounting_group.funding_plan IS 'code of the plan; own: the lender alone';
COMMENT ON COLUMN accounting_group.plan_id IS 'its version; null: the lender alone, without a plan';

-- What a party has of what happened to a loan, on the business date on which it is booked: a row a
-- loan, event and party other than the lender. Written by the close, in COPY, like allocations.
CREATE TABLE funding_item (
  loan_id       bigint NOT NULL,
  event_id      bigint NOT NULL,
  principal     bigint NOT NULL,
  interest      bigint NOT NULL,
  penalty       bigint NOT NULL,
  compound      bigint NOT NULL,
  fee           bigint NOT NULL,
  service_fee   bigint NOT NULL,
  service_tax   bigint NOT NULL,
  business_date date NOT NULL,
  plan_id       integer NOT NULL,
  bucket        smallint NOT NULL,
  place         smallint NOT NULL,
  kind          smallint NOT NULL,
  party         text COLLATE "C" NOT NULL,
  PRIMARY KEY (bucket, loan_id, business_date, place)
);
COMMENT ON TABLE funding_item IS 'shares of the parties of joint loans in each event';
COMMENT ON COLUMN funding_item.event_id IS '0: money that was held for the customer, used by the close';
COMMENT ON COLUMN funding_item.kind IS 'the movement: disbursement, repayment, waiver, ...';
COMMENT ON COLUMN funding_item.service_fee IS 'what the lender keeps of it, its tax inside';
CREATE INDEX funding_item_day ON funding_item USING brin (business_date);
GRANT SELECT, INSERT ON funding_item TO loanbook_batch;

ALTER TABLE step
  ADD COLUMN items      bigint,
  ADD COLUMN items_hash bytea;
COMMENT ON COLUMN step.items IS 'funding items that the task wrote';
COMMENT ON COLUMN step.items_hash IS 'SHA-256 of their rows in order';
INSERT INTO owned_by_day (place, table_name, of_day)
  VALUES (9, 'funding_item', 'business_date = $1');

-- Own shares of the balances, and those of the others, where a group has a plan with partners.
ALTER TABLE subledger_total
  ADD COLUMN own_principal         bigint,
  ADD COLUMN own_principal_overdue bigint,
  ADD COLUMN own_interest_accrued  bigint,
  ADD COLUMN own_interest_due      bigint,
  ADD COLUMN own_penalty_due       bigint,
  ADD COLUMN own_compound_due      bigint,
  ADD COLUMN own_fee_due           bigint,
  ADD COLUMN partner_principal     bigint,
  ADD COLUMN partner_interest      bigint;
COMMENT ON COLUMN subledger_total.own_principal IS 'the lender''s share; null: all of it';
COMMENT ON COLUMN subledger_total.partner_principal IS 'what the others have of the principal';
COMMENT ON COLUMN subledger_total.partner_interest IS 'and of all else';
