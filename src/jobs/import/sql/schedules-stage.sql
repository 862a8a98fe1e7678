-- Schedules that loans bring along, a row a loan with its instalments as arrays; gone when the
-- transaction ends.
CREATE TEMP TABLE own_schedule (
  ordinal       integer NOT NULL,
  bucket        smallint NOT NULL,
  loan_no       text COLLATE "C" NOT NULL,
  line          integer NOT NULL,
  due_on        date[] NOT NULL,
  principal     bigint[] NOT NULL,
  interest      bigint[] NOT NULL,
  fee           bigint[] NOT NULL,
  balance_after bigint[] NOT NULL,
  lines         bigint[] NOT NULL,
  problem_line  integer NOT NULL,
  field         text NOT NULL,
  rule          text NOT NULL,
  value         text NOT NULL
) ON COMMIT DROP
