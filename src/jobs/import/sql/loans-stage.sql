-- Loans of one file with their schedules, as checked row by row; gone when the transaction ends.
CREATE TEMP TABLE stage (
  line          integer NOT NULL,
  bucket        smallint NOT NULL,
  loan_id       bigint NOT NULL,
  loan_no       text COLLATE "C" NOT NULL,
  -- What the number looks like, and its bucket; null: the number itself.
  look          text COLLATE "C",
  look_bucket   smallint,
  product_id    integer NOT NULL,
  org           text NOT NULL,
  principal     bigint NOT NULL,
  rate          text NOT NULL,
  rate_ppb      bigint NOT NULL,
  periods       smallint NOT NULL,
  disbursed_on  date NOT NULL,
  first_due_on  date,
  paid_periods  smallint NOT NULL,
  born_on       date NOT NULL,
  -- Who it is with, where the file says it.
  party         text COLLATE "C",
  due_on        date[] NOT NULL,
  due_principal bigint[] NOT NULL,
  due_interest  bigint[] NOT NULL,
  balance_after bigint[] NOT NULL,
  -- Of a schedule of the loan's own.
  due_fee       bigint[] NOT NULL,
  brought       boolean NOT NULL
) ON COMMIT DROP
