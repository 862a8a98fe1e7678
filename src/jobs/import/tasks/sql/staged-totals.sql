SELECT product_id AS product, org, count(*) AS rows, sum(principal) AS amount,
  count(*) FILTER (WHERE brought) AS brought, count(look) AS looks, count(party) AS parties
FROM import_row GROUP BY product_id, org
