-- Positions of running loans of one file, as checked row by row; gone when the transaction ends.
CREATE TEMP TABLE stage (
  line              integer NOT NULL,
  bucket            smallint NOT NULL,
  loan_id           bigint NOT NULL,
  cut_over_on       date NOT NULL,
  principal_not_due bigint NOT NULL,
  interest_accrued  bigint NOT NULL,
  suspense          bigint NOT NULL,
  accruing          boolean NOT NULL,
  written_off       boolean NOT NULL,
  from_birth        boolean NOT NULL,
  periods_paid      integer NOT NULL,
  days_past_due     integer NOT NULL,
  classification    integer NOT NULL,
  seq               bigint[] NOT NULL,
  due_on            date[] NOT NULL,
  free_until        date[] NOT NULL,
  principal         bigint[] NOT NULL,
  interest          bigint[] NOT NULL,
  penalty           bigint[] NOT NULL,
  compound          bigint[] NOT NULL,
  fee               bigint[] NOT NULL
) ON COMMIT DROP
