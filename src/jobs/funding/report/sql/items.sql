-- What parties other than the lender had in all by a day: $1 = the day. `drawn` is what they owe of
-- disbursements; a loan that came with its position owes them nothing of what was lent before.
SELECT party,
  coalesce(sum(principal) FILTER (WHERE kind IN (movement_disbursement(), movement_opening())), 0)
    AS funded,
  coalesce(sum(principal) FILTER (WHERE kind IN (movement_repayment(), movement_suspense_use(),
    movement_merchant_refund(), movement_recovery())), 0) AS "paidPrincipal",
  coalesce(sum(interest + penalty + compound + fee) FILTER (WHERE kind IN (movement_repayment(),
    movement_suspense_use(), movement_merchant_refund(), movement_recovery())), 0) AS "paidInterest",
  sum(service_fee) AS fees,
  coalesce(sum(principal + interest + penalty + compound + fee)
    FILTER (WHERE kind = movement_disbursement()), 0) AS drawn
FROM funding_item WHERE business_date <= $1
GROUP BY party ORDER BY party
