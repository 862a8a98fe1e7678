SELECT count(*) AS rows, coalesce(sum(principal), 0) AS amount,
  count(*) FILTER (WHERE brought) AS brought,
  CASE WHEN bool_or(brought) THEN (SELECT count(*) FROM agreed_fees()) ELSE 0 END AS fees,
  coalesce((SELECT bool_or(enters_open_day) FROM import_task), false) AS enters_open_day,
  (SELECT count(*) FROM import_reject WHERE row_line = 0) AS without_row
FROM import_row
