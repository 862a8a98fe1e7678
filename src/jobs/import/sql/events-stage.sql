-- Events of one file, as checked row by row; gone when the transaction ends. `rate_ppb` is in the
-- rate unit of the loan's product, `of_ref` is empty for all but reversals, `buyer` for all but
-- transfers.
CREATE TEMP TABLE stage (
  line          integer NOT NULL,
  bucket        smallint NOT NULL,
  loan_no       text COLLATE "C" NOT NULL,
  ref           text COLLATE "C" NOT NULL,
  type          smallint NOT NULL,
  value_date    date NOT NULL,
  business_date date NOT NULL,
  amount        bigint NOT NULL,
  component     smallint NOT NULL,
  seq           smallint NOT NULL,
  due_on        date NOT NULL,
  early_payment smallint NOT NULL,
  rate_ppb      bigint NOT NULL,
  of_ref        text COLLATE "C" NOT NULL,
  buyer         text NOT NULL
) ON COMMIT DROP
