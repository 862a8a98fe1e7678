-- Events booked before the day whose cash the day moved: a later fold may not, only their own
-- reversal takes all of it back. One without an earlier outcome was posted today, with a loan that
-- had been held. :from = the first business date among them; $1 = the day.
WITH money AS MATERIALIZED (
  SELECT o.bucket, o.loan_id, o.event_id, e.ref, e.type, e.amount, o.rule,
    o.allocated + o.to_suspense AS cash
  FROM :outcome o
  JOIN event e ON e.bucket = o.bucket AND e.loan_id = o.loan_id AND e.event_id = o.event_id
  WHERE e.type = ANY (event_money_types()) AND e.business_date < $1::date
), before AS (
  SELECT m.bucket, m.loan_id, m.event_id, sum(o.allocated + o.to_suspense) AS before
  FROM money m
  JOIN event_outcome o ON o.bucket = m.bucket AND o.loan_id = m.loan_id AND o.event_id = m.event_id
  WHERE o.business_date BETWEEN :from AND $1::date - 1
  GROUP BY m.bucket, m.loan_id, m.event_id
), judged AS (
  SELECT m.loan_id, m.ref, m.cash,
    CASE WHEN b.before IS NULL THEN :first WHEN m.rule = 'reversed' THEN 0 - b.before ELSE 0 END
      AS expected
  FROM money m LEFT JOIN before b USING (bucket, loan_id, event_id)
)
SELECT loan_id, ref, expected::text, cash::text AS actual
FROM judged WHERE cash <> expected ORDER BY loan_id, ref LIMIT 20
