-- $1 = an import, or null for all. Loans with their numbers, in the order of the lines that brought
-- them: a loan's first event has the number of its line, behind those of the import before.
SELECT l.loan_no AS "oldNumber", l.loan_id AS "loanId", p.code AS product, p.version,
  l.org, coalesce(o.party_no, '') AS party, l.import_id AS "importId", i.name AS file
FROM loan l
JOIN product_version p ON p.product_id = l.product_id
JOIN imported_file i ON i.import_id = l.import_id
JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id AND is_birth(e.type)
LEFT JOIN loan_party o ON o.bucket = l.bucket AND o.loan_id = l.loan_id
WHERE $1::integer IS NULL OR l.import_id = $1
ORDER BY l.import_id, e.event_id
