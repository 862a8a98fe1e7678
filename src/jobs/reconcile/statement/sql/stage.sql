-- Lines of one statement, in file order; gone when the transaction ends.
CREATE TEMP TABLE statement_line (
  line       integer NOT NULL,
  order_no   text COLLATE "C" NOT NULL,
  amount     bigint NOT NULL,
  fee        bigint NOT NULL,
  success    smallint NOT NULL,
  value_date date NOT NULL,
  loan_no    text COLLATE "C" NOT NULL
) ON COMMIT DROP
