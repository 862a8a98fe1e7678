-- $1 = the import
INSERT INTO party (bucket, party_no, version, record, content, lookups, import_id, entered_on)
SELECT bucket, party_no, version, record, content, lookups, $1::integer,
  (SELECT business_date FROM book)
FROM stage_party WHERE version > 0 ORDER BY bucket, party_no
