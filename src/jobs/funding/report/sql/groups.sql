-- The balances of a sealed day by accounting group, from its seal: $1 = the day. Own shares where
-- others fund the group as well, else all of it.
SELECT group_id AS "groupId", sum(loans)::bigint AS loans, sum(principal) AS principal,
  sum(coalesce(own_principal, principal)) AS "ownPrincipal",
  sum(coalesce(own_interest_accrued, interest_accrued) + coalesce(own_interest_due, interest_due)
    + coalesce(own_penalty_due, penalty_due) + coalesce(own_compound_due, compound_due)
    + coalesce(own_fee_due, fee_due)) AS "ownInterest",
  sum(coalesce(partner_principal, 0)) AS "partnerPrincipal",
  sum(coalesce(partner_interest, 0)) AS "partnerInterest"
FROM subledger_total WHERE business_date = $1 GROUP BY group_id ORDER BY group_id
