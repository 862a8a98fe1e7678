-- $1 = products, $2 = orgs, $3 = versions of funding plans, 0: none: the accounting groups of the staged
-- loans. Those that the book does not have yet enter in a fixed order. Their numbers are in the hashes
-- of days, so they follow one another: a number that an import drew and gave up would change them. The
-- import lock keeps others away.
INSERT INTO accounting_group (group_id, product_id, org, funding_plan, plan_id)
  OVERRIDING SYSTEM VALUE
SELECT last.group_id + row_number() OVER (ORDER BY product_id, org COLLATE "C", named.plan_id),
  product_id, org, coalesce(p.code, 'own'), p.plan_id
FROM unnest($1::integer[], $2::text[], $3::integer[]) AS named (product_id, org, plan_id)
  LEFT JOIN funding_plan_version p ON p.plan_id = named.plan_id,
  (SELECT coalesce(max(group_id), 0) AS group_id FROM accounting_group) AS last
WHERE NOT EXISTS (
  SELECT FROM accounting_group g
  WHERE g.product_id = named.product_id AND g.org = named.org
    AND coalesce(g.plan_id, 0) = named.plan_id)
