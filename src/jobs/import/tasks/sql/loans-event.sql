-- $1 = the import, $2 = the event of line 1: events ascend in file order. An opening has no business
-- date of its own but that on which it enters the book.
INSERT INTO event (bucket, loan_id, event_id, type, ref, value_date, business_date, amount,
  import_id)
SELECT bucket, loan_id, $2::bigint + line - 1, birth_type(born_on, disbursed_on),
  birth_ref(born_on, disbursed_on), disbursed_on, born_on, principal, $1::integer
FROM import_row ORDER BY loan_id
