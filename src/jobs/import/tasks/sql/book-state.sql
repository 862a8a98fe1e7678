-- What of the book decides over the rows of an import: what came in before, customers, products,
-- policies, plans, merchants, schema.
SELECT concat_ws('/',
  (SELECT concat(max(import_id), '-', count(cancelled_at)) FROM imported_file),
  (SELECT count(*) FROM party_import),
  (SELECT md5(string_agg(concat(product_id, sha256), ' ' ORDER BY product_id)) FROM product_version),
  (SELECT md5(string_agg(sha256, ' ' ORDER BY effective_from)) FROM policy_version),
  (SELECT md5(string_agg(sha256, ' ' ORDER BY plan_id)) FROM funding_plan_version),
  (SELECT md5(string_agg(sha256, ' ' ORDER BY code, version)) FROM funding_terms
    WHERE kind = 'merchant'),
  (SELECT concat(count(*), '-', md5(string_agg(sha256, ' ' ORDER BY name))) FROM function_file),
  (SELECT count(*) FROM migration)) AS state
