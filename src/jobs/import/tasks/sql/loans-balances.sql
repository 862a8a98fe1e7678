INSERT INTO schedule_balance (bucket, loan_id, version, balance_after)
SELECT bucket, loan_id, version, balance_after FROM import_schedule
