-- One row a loan of another core's balance file, as read; a measure that it does not bring is null.
CREATE TEMP TABLE core (
  line              integer NOT NULL,
  bucket            smallint NOT NULL,
  loan_no           text COLLATE "C" NOT NULL,
  principal         bigint,
  principal_overdue bigint,
  interest          bigint,
  interest_due      bigint,
  penalty           bigint,
  compound          bigint,
  fee               bigint,
  suspense          bigint,
  refund_due        bigint,
  days_past_due     bigint,
  -- The place among the classes; 1 where the loan accrues.
  classification    bigint,
  accruing          bigint
) ON COMMIT DROP
