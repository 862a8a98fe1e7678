-- The cash of the day's money events against the turnover of the transit accounts over lines whose
-- source is a loan event; and events booked on the day whose cash is not what they say. $1 = the
-- day, $2 = the transit accounts. `older`: the first business date of an event that was booked
-- before and has an outcome today; its cash is judged by check-cash-older. Types: 3 repayment, 4
-- settlement, 5 prepayment (its amount is principal alone), 9 suspense_refund, 12 recovery.
WITH money AS MATERIALIZED (
  SELECT o.loan_id, e.ref, e.type, e.amount, e.business_date, o.rule,
    o.allocated + o.to_suspense AS cash
  FROM :outcome o
  JOIN event e ON e.bucket = o.bucket AND e.loan_id = o.loan_id AND e.event_id = o.event_id
  WHERE e.type IN (3, 4, 5, 9, 12)
), judged AS (
  SELECT *, :first AS expected FROM money WHERE business_date = $1::date
)
SELECT NULL::bigint AS loan_id, NULL AS ref,
  (SELECT coalesce(sum(cash), 0) FROM money)::text AS expected,
  (SELECT coalesce(sum(amount), 0) FROM :journal
   WHERE account_id = ANY ($2::integer[]) AND event_id > 0 AND kind < 100)::text AS actual,
  (SELECT min(business_date) FROM money WHERE business_date < $1::date) AS older
UNION ALL
SELECT loan_id, ref, expected::text, cash::text, NULL
FROM (SELECT * FROM judged WHERE cash <> expected ORDER BY loan_id, ref LIMIT 20) AS wrong
