-- $1 = lines: what the tasks wrote of their loans beside the schedule.
WITH gone AS (
  SELECT bucket, loan_id FROM import_row WHERE line = ANY ($1)
), balances AS (
  DELETE FROM import_schedule_balance s USING gone g
  WHERE s.bucket = g.bucket AND s.loan_id = g.loan_id
)
DELETE FROM import_event e USING gone g WHERE e.bucket = g.bucket AND e.loan_id = g.loan_id
