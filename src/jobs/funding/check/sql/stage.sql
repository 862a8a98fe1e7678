-- Rows of a partner's snapshot, in file order; gone when the transaction ends. A line that cannot be
-- read has a loan alone, if any.
CREATE TEMP TABLE their_loan (
  line      integer NOT NULL,
  loan_no   text COLLATE "C" NOT NULL,
  readable  boolean NOT NULL,
  status    smallint,
  class     smallint,
  principal bigint, interest bigint, penalty bigint, compound bigint, fee bigint,
  before_principal bigint, before_interest bigint, before_penalty bigint, before_compound bigint,
  before_fee bigint,
  flow_principal bigint, flow_interest bigint, flow_penalty bigint, flow_compound bigint,
  flow_fee bigint
) ON COMMIT DROP
