-- $1 = tables that are left out. Of the tables of the schema that stand alone, the columns that are
-- stored as given, and the one that counts itself up.
SELECT quote_ident(c.relname) AS name,
  array_agg(quote_ident(a.attname) ORDER BY a.attnum) FILTER (WHERE a.attgenerated = '') AS columns,
  min(quote_ident(a.attname)) FILTER (WHERE a.attidentity <> '') AS counter
FROM pg_class c
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'loanbook'::regnamespace AND c.relkind = 'r' AND NOT c.relispartition
  AND c.relpersistence = 'p' AND c.relname <> ALL ($1)
GROUP BY c.relname ORDER BY c.relname
