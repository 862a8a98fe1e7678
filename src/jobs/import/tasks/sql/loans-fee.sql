-- $1 = the import, $2 = the event of line 1, $3 = the last line, behind whose event they are numbered.
-- Fees agreed with a loan's own schedule enter as events with the loan, each due with its
-- instalment; those of instalments paid before the book are paid.
INSERT INTO event (bucket, loan_id, event_id, type, ref, value_date, business_date, amount,
  import_id, component, seq)
SELECT bucket, loan_id, $2::bigint + $3::integer + place - 1, event_type_fee(),
  'schedule-fee-' || seq, born_on, born_on, amount, $1::integer, component_fee(), seq
FROM agreed_fees()
