-- Who a loan is with. It enters with the loan: until a close has folded it, it may be taken back.
INSERT INTO loan_party (bucket, loan_id, party_no, entered_on)
SELECT bucket, loan_id, party, born_on FROM import_row WHERE party IS NOT NULL ORDER BY bucket, loan_id
