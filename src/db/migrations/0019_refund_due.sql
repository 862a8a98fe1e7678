-- What a customer owes for money that was paid out and is not theirs any more. It stands in the
-- column of suspense, below zero: the one pays the other at once, so that one of them is none, and
-- a column more would cost every row of every day.
COMMENT ON COLUMN position.suspense IS
  'held for the customer; below zero: what the customer owes for a refund (refund_due)';
COMMENT ON COLUMN month_row.opening_suspense IS 'below zero: owed for a refund';
COMMENT ON COLUMN month_row.closing_suspense IS 'below zero: owed for a refund';
COMMENT ON COLUMN allocation.component IS
  '0 principal, 1 interest, 2 penalty, 3 compound, 4 fee, 5 refund (what is owed for one)';
ALTER TABLE subledger_total ADD COLUMN refund_due bigint NOT NULL DEFAULT 0;

-- Breaks that no statement found: cash of events that earlier versions priced anew or dropped when
-- the past of a loan was folded again.
ALTER TABLE recon_break ALTER statement_id DROP NOT NULL,
  DROP CONSTRAINT recon_break_type_check,
  ADD CONSTRAINT recon_break_type_check CHECK (type IN ('missing_ours', 'missing_theirs', 'amount',
    'status', 'unposted', 'ledger', 'duplicate', 'cross_day', 'cash')),
  ADD CONSTRAINT recon_break_statement CHECK ((statement_id IS NULL) = (type = 'cash'));
COMMENT ON COLUMN recon_break.statement_id IS 'null: of a break that no statement found (cash)';

-- Once, for what was booked before: the cash of an event is what its first posting moved; what
-- stands is the sum of all. Types: 4 settlement, 5 prepayment, 9 suspense_refund, 12 recovery. An
-- event that was reversed stands at nothing, and rightly.
INSERT INTO recon_break (type, order_no, line, bucket, loan_id, event_id, their_amount, our_amount,
  ledger_amount, difference, suspense, our_status, since, pend_until, state)
SELECT 'cash', e.ref, 0, e.bucket, e.loan_id, e.event_id, p.first, p.standing, p.standing,
  p.first - p.standing, 0, CASE WHEN p.rule = '' THEN 'posted' ELSE 'rejected' END, p.changed_on,
  p.changed_on, 'open'
FROM event e CROSS JOIN LATERAL (
  SELECT (array_agg(o.rule ORDER BY o.business_date))[1] AS first_rule,
    (array_agg(o.allocated + o.to_suspense ORDER BY o.business_date))[1] AS first,
    (array_agg(o.rule ORDER BY o.business_date DESC))[1] AS rule,
    sum(o.allocated + o.to_suspense)::bigint AS standing, max(o.business_date) AS changed_on
  FROM event_outcome o
  WHERE o.bucket = e.bucket AND o.loan_id = e.loan_id AND o.event_id = e.event_id
    AND o.business_date >= e.business_date
) AS p
WHERE e.type IN (4, 5, 9, 12) AND p.first_rule = '' AND p.rule <> 'reversed'
  AND p.first <> p.standing
ORDER BY p.changed_on, e.bucket, e.loan_id, e.event_id;
