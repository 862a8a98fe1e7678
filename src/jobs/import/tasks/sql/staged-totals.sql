SELECT product_id AS product, org, plan_id AS plan, count(*) AS rows, sum(principal) AS amount,
  count(*) FILTER (WHERE brought) AS brought, count(look) AS looks, count(party) AS parties,
  count(merchant) AS merchants
FROM import_row GROUP BY product_id, org, plan_id
