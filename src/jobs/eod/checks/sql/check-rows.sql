-- Loans: yesterday's rows + born + returned - closed = today's rows, and every task read all of its
-- share; events: every event of the day has one outcome, unless its loan is held; $1 = the day, $2 =
-- its run.
WITH counted AS (
  SELECT coalesce(sum(loans) FILTER (WHERE business_date = $1::date), 0) AS today,
    coalesce(sum(loans) FILTER (WHERE business_date = $1::date - 1), 0) AS yesterday
  FROM subledger_total WHERE business_date IN ($1::date, $1::date - 1)
), steps AS (
  SELECT sum(rows_read) AS rows_read, sum(rows_written) AS rows_written,
    sum(loans_born) AS born, sum(loans_returned) AS returned, sum(loans_closed) AS closed
  FROM step WHERE run_id = $2 AND phase = 'fold'
), events AS (
  SELECT count(*) AS lacking FROM event e
  WHERE e.business_date = $1::date
    AND NOT EXISTS (SELECT FROM :outcome o
      WHERE o.bucket = e.bucket AND o.loan_id = e.loan_id AND o.event_id = e.event_id)
    AND NOT EXISTS (SELECT FROM held_loan h
      WHERE h.business_date = $1::date AND h.bucket = e.bucket AND h.loan_id = e.loan_id)
), lines AS (
  -- Component 5 of kind 3: money that went out and is owed by the customer.
  SELECT (SELECT coalesce(sum(CASE WHEN kind = line_charged() THEN -amount ELSE amount END), 0)
      FROM :allocation
      WHERE event_id > 0 AND (kind IN (line_paid(), line_recovered(), line_returned())
        OR (kind = line_charged() AND component = component_refund()))) AS allocated,
    (SELECT coalesce(sum(allocated), 0) FROM :outcome) AS posted
), compared AS (
  SELECT 'loans read' AS place, c.yesterday AS expected, s.rows_read AS actual
  FROM counted c, steps s
  UNION ALL SELECT 'loans written', s.rows_read + s.born + s.returned - s.closed, c.today
  FROM counted c, steps s
  UNION ALL SELECT 'loans counted by the tasks', s.rows_written, c.today FROM counted c, steps s
  UNION ALL SELECT 'events without an outcome', 0, lacking FROM events
  UNION ALL SELECT 'amount allocated by events', posted, allocated FROM lines
)
SELECT place, expected::text, actual::text FROM compared WHERE expected <> actual
