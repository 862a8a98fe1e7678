-- Own principal at the close of the day $1 by version of a funding plan; no plan: the lender alone.
SELECT g.plan_id AS "planId", p.document, p.sha256, p.code, p.version,
  sum(coalesce(t.own_principal, t.principal))::bigint AS own
FROM subledger_total t JOIN accounting_group g USING (group_id)
LEFT JOIN funding_plan_version p USING (plan_id)
WHERE t.business_date = $1::date
GROUP BY g.plan_id, p.document, p.sha256, p.code, p.version ORDER BY g.plan_id
