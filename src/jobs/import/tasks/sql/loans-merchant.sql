-- Whom a loan was paid to: its order. It enters with the loan, and may be taken back with it.
INSERT INTO merchant_order (bucket, loan_id, merchant, terms_version, entered_on)
SELECT bucket, loan_id, merchant, merchant_version, born_on FROM import_row
WHERE merchant IS NOT NULL ORDER BY bucket, loan_id
