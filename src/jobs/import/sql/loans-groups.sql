-- Accounting groups of the staged loans that the book does not have yet, in a fixed order.
INSERT INTO accounting_group (product_id, org, funding_plan)
SELECT product_id, org, 'own' FROM (SELECT DISTINCT product_id, org FROM stage) AS named
WHERE NOT EXISTS (
  SELECT FROM accounting_group g
  WHERE g.product_id = named.product_id AND g.org = named.org AND g.funding_plan = 'own')
ORDER BY product_id, org COLLATE "C"
