-- What the batch role may do, by whatever way it came to it: `object privilege`, with what kind of
-- thing it is and what the migrations may have said of it. Reading the book is what it is for.
WITH batch AS (
  SELECT oid, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls
  FROM pg_roles WHERE rolname = 'loanbook_batch'
), spaces AS (
  SELECT oid, nspname, nspacl FROM pg_namespace
  WHERE nspname <> 'information_schema' AND nspname !~ '^pg_'
), relations AS (
  SELECT c.oid, s.nspname AS space, c.relname, c.relkind, c.relispartition, c.relacl
  FROM pg_class c JOIN spaces s ON s.oid = c.relnamespace
)
SELECT 'table' AS kind, space, relname AS name, relispartition AS "isPartition",
  a.privilege_type || CASE WHEN a.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END AS privilege
FROM relations, batch, aclexplode(relacl) AS a
WHERE a.grantee IN (batch.oid, 0) AND relkind <> 'S'
  AND NOT (space = 'loanbook' AND a.privilege_type = 'SELECT' AND NOT a.is_grantable)
UNION ALL
SELECT 'table', space, relname || '.' || t.attname, relispartition, a.privilege_type
FROM relations r JOIN pg_attribute t ON t.attrelid = r.oid, batch, aclexplode(t.attacl) AS a
WHERE a.grantee IN (batch.oid, 0) AND NOT (space = 'loanbook' AND a.privilege_type = 'SELECT')
UNION ALL
SELECT 'sequence', space, relname, false, a.privilege_type
FROM relations, batch, aclexplode(relacl) AS a
WHERE a.grantee IN (batch.oid, 0) AND relkind = 'S'
  AND NOT (space = 'loanbook' AND a.privilege_type IN ('USAGE', 'SELECT'))
UNION ALL
SELECT DISTINCT 'function', s.nspname, p.proname, false, 'EXECUTE'
FROM pg_proc p JOIN spaces s ON s.oid = p.pronamespace, batch
WHERE s.nspname = 'loanbook' AND p.prorettype <> 'trigger'::regtype AND p.prosecdef
  AND has_function_privilege(batch.oid, p.oid, 'EXECUTE')
UNION ALL
SELECT 'schema', nspname, '', false, a.privilege_type
FROM spaces, batch, aclexplode(nspacl) AS a
WHERE a.grantee = batch.oid AND NOT (nspname = 'loanbook' AND a.privilege_type = 'USAGE')
  OR a.grantee = 0 AND a.privilege_type = 'CREATE' AND nspname = 'loanbook'
UNION ALL
SELECT 'database', datname, '', false, a.privilege_type
FROM pg_database, batch, aclexplode(datacl) AS a
WHERE datname = current_database() AND a.grantee = batch.oid AND a.privilege_type = 'CREATE'
UNION ALL
SELECT 'role', pg_get_userbyid(m.roleid), '', false, 'MEMBER'
FROM pg_auth_members m JOIN batch ON m.member = batch.oid
UNION ALL
SELECT 'role', name, '', false, 'ATTRIBUTE'
FROM batch, unnest(ARRAY['superuser', 'createrole', 'createdb', 'replication', 'bypassrls'],
  ARRAY[rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls]) AS u (name, has)
WHERE has
ORDER BY 1, 2, 3, 5
