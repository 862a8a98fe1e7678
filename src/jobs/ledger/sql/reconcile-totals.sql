-- What the positions of a day sum to, for every account of the book: read from the rows themselves,
-- not from kept sums. `weighed` counts each loan's balances as often as the number of its group
-- says: it differs where groups differ though their sum does not. A million rows on one core: by
-- group and state 0.33 to 0.38 s, since hashing takes half of it; this 0.25 to 0.30 s.
-- $1 = groups of joint loans, of which accounts hold the lender's share: they are summed elsewhere.
SELECT count(*) AS loans, coalesce(sum(principal - principal_overdue), 0) AS principal_normal,
  coalesce(sum(principal_overdue), 0) AS principal_overdue,
  coalesce(sum(interest_accrued) FILTER (WHERE accruing), 0) AS interest_accrued,
  coalesce(sum(interest_due) FILTER (WHERE accruing), 0) AS interest_due,
  coalesce(sum(penalty_due) FILTER (WHERE accruing), 0) AS penalty,
  coalesce(sum(compound_due) FILTER (WHERE accruing), 0) AS compound,
  coalesce(sum(fee_due), 0) AS fee,
  coalesce(sum(suspense) FILTER (WHERE suspense > 0), 0) AS suspense,
  coalesce(sum(0 - suspense) FILTER (WHERE suspense < 0), 0) AS refund_due,
  coalesce(sum(interest_accrued + interest_due + penalty_due + compound_due)
    FILTER (WHERE NOT accruing), 0) AS off_balance_interest,
  coalesce(sum(group_id * (principal + interest_accrued + interest_due + penalty_due + compound_due
    + fee_due + abs(suspense))), 0) AS weighed
FROM :position WHERE group_id <> ALL ($1::integer[])
