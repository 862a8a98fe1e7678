-- What the sub-ledger of each measure summed to when a day was sealed, by accounting group. Being
-- plain SQL it costs nothing: the planner writes it out where it is named.
CREATE OR REPLACE FUNCTION subledger_measured(day date)
RETURNS TABLE (group_id integer, measure text, amount numeric)
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT s.group_id, m.measure, sum(m.amount)
  FROM subledger_total s, LATERAL (VALUES
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
       ELSE interest_accrued + interest_due + penalty_due + compound_due END)
  ) AS m (measure, amount)
  WHERE s.business_date = day
  GROUP BY s.group_id, m.measure
$$;
