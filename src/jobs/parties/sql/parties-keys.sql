-- $1 = the import
INSERT INTO party_key (bucket, party_no, sealed, import_id, entered_on)
SELECT bucket, party_no, party_key, $1::integer, (SELECT business_date FROM book)
FROM stage_party WHERE party_key IS NOT NULL ORDER BY bucket, party_no
