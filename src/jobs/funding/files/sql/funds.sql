-- Transfers with a party that were settled on a day: positive where we pay. They are of no loan.
SELECT 0::smallint AS bucket, s.settlement_id::bigint AS loan_id, s.reference AS loan_no, s.reference,
  s.direction, s.due_on, s.from_date, s.to_date, s.amount, s.payable, s.receivable
FROM funding_settlement s
WHERE s.settled_on = DATE ':day' AND s.party = :party AND s.amount <> 0
