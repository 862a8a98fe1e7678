-- What happened to loans, in order: $1 their numbers. Acts stand behind the events that came before
-- them. What the book itself wrote for a guarantor's money is no event of the customer.
SELECT loan_id AS "loanId", business_date AS "businessDate", type, seq, amount, ref, event_id AS
  "eventId", act_id AS "actId", value_date AS "valueDate"
FROM (
  SELECT e.loan_id, e.business_date, 'repayment' AS type, 0::smallint AS seq, e.amount, e.ref,
    e.event_id, 0::bigint AS act_id, e.value_date, e.event_id AS place
  FROM event e
  WHERE e.loan_id = ANY ($1::bigint[]) AND e.type = event_type_repayment() AND e.seq = 0
    AND NOT starts_with(e.ref, 'guarantee/') AND NOT EXISTS (
      SELECT FROM event r WHERE r.bucket = e.bucket AND r.loan_id = e.loan_id
        AND r.of_event_id = e.event_id AND NOT starts_with(r.ref, 'guarantee/'))
  UNION ALL
  SELECT a.loan_id, a.business_date, a.type, a.seq, a.amount, a.ref, a.event_id, a.act_id,
    a.business_date, a.after_event
  FROM guarantee_act a WHERE a.loan_id = ANY ($1::bigint[])
) AS step
ORDER BY loan_id, business_date, type = 'charge', place, act_id
