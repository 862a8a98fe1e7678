-- Own principal at the close of the day $1 by version of a funding plan; no plan: the lender alone.
-- As text: the sum may be no safe integer.
SELECT g.plan_id AS "planId", sum(coalesce(t.own_principal, t.principal))::text AS own
FROM subledger_total t JOIN accounting_group g USING (group_id)
WHERE t.business_date = $1::date
GROUP BY g.plan_id ORDER BY g.plan_id
