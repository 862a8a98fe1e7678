-- Own principal at the close of the day $1 by version of a funding plan; no plan: the lender alone.
SELECT g.plan_id AS "planId", sum(coalesce(t.own_principal, t.principal))::bigint AS own
FROM subledger_total t JOIN accounting_group g USING (group_id)
WHERE t.business_date = $1::date
GROUP BY g.plan_id ORDER BY g.plan_id
