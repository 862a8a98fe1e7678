INSERT INTO party_import (import_id, name, sha256, rows_read, added, changed, unchanged, rejected,
  entered_on)
SELECT (SELECT coalesce(max(import_id), 0) + 1 FROM party_import), $1, $2, $3, $4, $5, $6, $7,
  business_date
FROM book RETURNING import_id AS id
