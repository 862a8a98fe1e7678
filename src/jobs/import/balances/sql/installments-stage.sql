-- Instalments of opening positions, a row a loan with its rows as arrays; gone when the transaction
-- ends.
CREATE TEMP TABLE open_installment (
  ordinal      integer NOT NULL,
  bucket       smallint NOT NULL,
  loan_no      text COLLATE "C" NOT NULL,
  line         integer NOT NULL,
  seq          bigint[] NOT NULL,
  due_on       date[] NOT NULL,
  free_until   date[] NOT NULL,
  principal    bigint[] NOT NULL,
  interest     bigint[] NOT NULL,
  penalty      bigint[] NOT NULL,
  compound     bigint[] NOT NULL,
  fee          bigint[] NOT NULL,
  lines        bigint[] NOT NULL,
  problem_line integer NOT NULL,
  field        text NOT NULL,
  rule         text NOT NULL,
  value        text NOT NULL
) ON COMMIT DROP
