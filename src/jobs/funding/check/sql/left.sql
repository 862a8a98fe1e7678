-- Loans of theirs that we do not have any more: settled before, nothing is left of them.
UPDATE odd_loan d SET bucket = x.bucket, loan_id = x.loan_id, our_status = x.status,
  our_class = x.classification, our_principal = 0, our_interest = 0, our_penalty = 0,
  our_compound = 0, our_fee = 0
FROM (:left) AS x
WHERE d.bucket IS NULL AND x.loan_no COLLATE "C" = d.loan_no
