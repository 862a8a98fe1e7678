-- Repayments of one file, as checked row by row; gone when the transaction ends.
CREATE TEMP TABLE stage (
  line       integer NOT NULL,
  bucket     smallint NOT NULL,
  loan_no    text COLLATE "C" NOT NULL,
  ref        text COLLATE "C" NOT NULL,
  type       smallint NOT NULL,
  value_date date NOT NULL,
  amount     bigint NOT NULL
) ON COMMIT DROP
