-- $1 = the import, $2 = the type of a fee, $3 = its component. Fees agreed with a loan's own
-- schedule enter as events with the loan, each due with its instalment; those of instalments paid
-- before the book are paid. The import lock keeps the numbers in a row.
INSERT INTO event (bucket, loan_id, event_id, type, ref, value_date, business_date, amount,
  import_id, component, seq)
SELECT bucket, loan_id, nextval('event_arrival'), $2::smallint, 'schedule-fee-' || seq, born_on,
  born_on, amount, $1::integer, $3::smallint, seq
FROM (
  SELECT s.bucket, s.loan_id, s.born_on, f.seq, f.amount
  FROM stage s, unnest(s.due_fee) WITH ORDINALITY AS f (amount, seq)
  WHERE f.amount > 0 AND f.seq > s.paid_periods
  ORDER BY s.loan_id, f.seq
) AS agreed
