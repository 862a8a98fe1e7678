-- What the sub-ledger of each measure summed to when a day was sealed, by accounting group: of loans
-- that others fund as well the lender's shares, and those of the others beside the balance sheet.
-- Being plain SQL it costs nothing: the planner writes it out where it is named.
CREATE OR REPLACE FUNCTION subledger_measured(day date)
RETURNS TABLE (group_id integer, measure text, amount numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT s.group_id, m.measure, sum(m.amount)
  FROM (
    SELECT group_id, accruing, coalesce(own_principal, principal) AS principal,
      coalesce(own_principal_overdue, principal_overdue) AS principal_overdue,
      coalesce(own_interest_accrued, interest_accrued) AS interest_accrued,
      coalesce(own_interest_due, interest_due) AS interest_due,
      coalesce(own_penalty_due, penalty_due) AS penalty_due,
      coalesce(own_compound_due, compound_due) AS compound_due,
      coalesce(own_fee_due, fee_due) AS fee_due, suspense, refund_due,
      coalesce(partner_principal, 0) AS partner_principal,
      coalesce(partner_interest, 0) AS partner_interest
    FROM subledger_total WHERE business_date = day
  ) AS s, LATERAL (VALUES
    ('principal_normal', principal - principal_overdue),
    ('principal_overdue', principal_overdue),
    ('interest_accrued', CASE WHEN accruing THEN interest_accrued ELSE 0 END),
    ('interest_due', CASE WHEN accruing THEN interest_due ELSE 0 END),
    ('penalty', CASE WHEN accruing THEN penalty_due ELSE 0 END),
    ('compound', CASE WHEN accruing THEN compound_due ELSE 0 END),
    ('fee', fee_due),
    ('suspense', suspense),
    ('refund_due', refund_due),
    ('off_balance_interest', CASE WHEN accruing THEN 0
       ELSE interest_accrued + interest_due + penalty_due + compound_due END),
    ('partner_principal', partner_principal),
    ('partner_interest', partner_interest)
  ) AS m (measure, amount)
  GROUP BY s.group_id, m.measure
$$;
