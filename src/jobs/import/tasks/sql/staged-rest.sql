-- $1 = loans have brought schedules of their own.
SELECT CASE WHEN $1::boolean THEN (SELECT count(*) FROM agreed_fees()) ELSE 0 END AS fees,
  coalesce((SELECT bool_or(enters_open_day) FROM import_task), false) AS enters_open_day,
  (SELECT count(*) FROM import_reject WHERE row_line = 0) AS without_row
