-- Takes out the staged loans that the book has just so: contract, schedule, customer, merchant and the fees
-- agreed with it. A rate that is written otherwise (0.18, 0.180) is the same. One statement, so that
-- the rows of a loan go together; it tells how many. What is staged has no indexes and no statistics:
-- joined first (OFFSET 0), and found by its place, it is read once, however many loans are the same.
WITH same AS MATERIALIZED (
  SELECT s.row_place, s.schedule_place FROM (
    SELECT r.*, r.ctid AS row_place, n.ctid AS schedule_place, n.due_on, n.principal AS parts,
      n.interest, n.balance_after
    FROM import_row r JOIN import_schedule n ON n.bucket = r.bucket AND n.loan_id = r.loan_id
    OFFSET 0
  ) AS s
  JOIN loan l ON l.bucket = s.bucket AND l.loan_id = s.loan_id
  JOIN schedule c ON c.bucket = s.bucket AND c.loan_id = s.loan_id AND c.version = 1
  WHERE (s.product_id, s.org, s.principal, s.rate_ppb, s.periods, s.disbursed_on, s.first_due_on,
        s.paid_periods, s.born_on)
      IS NOT DISTINCT FROM (l.product_id, l.org, l.principal, l.rate_ppb, l.periods,
        l.disbursed_on, l.first_due_on, l.paid_periods, l.born_on)
    AND (s.due_on, s.parts, s.interest, s.balance_after)
      = (c.due_on, c.principal, c.interest, c.balance_after)
    AND s.plan_id = (
      SELECT coalesce(g.plan_id, 0) FROM accounting_group g WHERE g.group_id = l.group_id)
    AND s.party IS NOT DISTINCT FROM (
      SELECT p.party_no FROM loan_party p WHERE p.bucket = s.bucket AND p.loan_id = s.loan_id)
    AND s.merchant_version || '/' || s.merchant IS NOT DISTINCT FROM (
      SELECT m.terms_version || '/' || m.merchant FROM merchant_order m
      WHERE m.bucket = s.bucket AND m.loan_id = s.loan_id)
    AND (SELECT array_agg(ARRAY[f.seq, f.amount] ORDER BY f.seq)
        FROM unnest(s.due_fee) WITH ORDINALITY AS f (amount, seq)
        WHERE s.brought AND f.amount > 0 AND f.seq > s.paid_periods)
      IS NOT DISTINCT FROM (SELECT array_agg(ARRAY[e.seq, e.amount] ORDER BY e.seq) FROM event e
        WHERE e.bucket = l.bucket AND e.loan_id = l.loan_id AND e.import_id = l.import_id
          AND e.type = event_type_fee())
), gone AS (
  DELETE FROM import_row WHERE ctid = ANY (ARRAY(SELECT row_place FROM same))
)
DELETE FROM import_schedule WHERE ctid = ANY (ARRAY(SELECT schedule_place FROM same))
