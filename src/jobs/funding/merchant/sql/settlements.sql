-- Settlements of the merchant $1 that were due between two days.
SELECT number, due_on AS "dueOn", from_date AS "from", to_date AS "to", gross, fee, subsidy,
  withheld, refunds, fee_back AS "feeBack", subsidy_back AS "subsidyBack", released, drawn,
  carried_in AS "carriedIn", paid, carried_out AS "carriedOut", reference
FROM merchant_settlement WHERE merchant = $1 AND due_on BETWEEN $2 AND $3 ORDER BY number
