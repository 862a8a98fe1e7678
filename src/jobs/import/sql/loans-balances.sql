INSERT INTO schedule_balance (bucket, loan_id, version, balance_after)
SELECT bucket, loan_id, 1, balance_after FROM stage ORDER BY bucket, loan_id
