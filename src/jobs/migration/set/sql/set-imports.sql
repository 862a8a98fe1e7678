-- $1 = kinds, $2 = digests: the imports of these files that stand, one a file, the first of it.
SELECT DISTINCT ON (i.kind, i.sha256) i.kind, i.sha256, i.import_id AS "importId",
  i.schedules_sha256 AS "secondSha256", i.rows_read AS "read", i.rows_taken AS taken,
  i.rows_rejected AS rejected, i.amount
FROM (
  SELECT kind, sha256, import_id, schedules_sha256, rows_read, rows_taken, rows_rejected, amount
  FROM imported_file WHERE cancelled_at IS NULL
  UNION ALL
  SELECT 'customers', sha256, import_id, NULL, rows_read, rows_read - rejected, rejected, NULL
  FROM party_import
) AS i
JOIN unnest($1::text[], $2::text[]) AS asked (kind, sha256) USING (kind, sha256)
ORDER BY i.kind, i.sha256, i.import_id
