-- Takes out the staged loans that the book has just so: contract, schedule, customer and the fees
-- agreed with it. A rate that is written otherwise (0.18, 0.180) is the same. One statement, so that
-- the rows of a loan go together; it tells how many.
WITH same AS (
  DELETE FROM import_row s USING loan l, schedule c, import_schedule n
  WHERE l.bucket = s.bucket AND l.loan_id = s.loan_id
    AND c.bucket = s.bucket AND c.loan_id = s.loan_id AND c.version = 1
    AND n.bucket = s.bucket AND n.loan_id = s.loan_id
    AND (s.product_id, s.org, s.principal, s.rate_ppb, s.periods, s.disbursed_on, s.first_due_on,
        s.paid_periods, s.born_on)
      IS NOT DISTINCT FROM (l.product_id, l.org, l.principal, l.rate_ppb, l.periods,
        l.disbursed_on, l.first_due_on, l.paid_periods, l.born_on)
    AND (n.due_on, n.principal, n.interest, n.balance_after)
      = (c.due_on, c.principal, c.interest, c.balance_after)
    AND s.party IS NOT DISTINCT FROM (
      SELECT p.party_no FROM loan_party p WHERE p.bucket = s.bucket AND p.loan_id = s.loan_id)
    AND (SELECT array_agg(ARRAY[f.seq, f.amount] ORDER BY f.seq)
        FROM unnest(s.due_fee) WITH ORDINALITY AS f (amount, seq)
        WHERE s.brought AND f.amount > 0 AND f.seq > s.paid_periods)
      IS NOT DISTINCT FROM (SELECT array_agg(ARRAY[e.seq, e.amount] ORDER BY e.seq) FROM event e
        WHERE e.bucket = l.bucket AND e.loan_id = l.loan_id AND e.import_id = l.import_id
          AND e.type = event_type_fee())
  RETURNING s.bucket, s.loan_id
)
DELETE FROM import_schedule n USING same s WHERE n.bucket = s.bucket AND n.loan_id = s.loan_id
