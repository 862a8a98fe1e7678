-- Breaks of the channels $1 that people ended and of which something stands on the clearing
-- account. What was booked meets its event there. $2 = the day, $3 = the channels as for the events.
SELECT b.code, b.order_no AS "orderNo", coalesce(n.loan_no, '') AS "loanNo", b.since AS day,
  b.resolution AS what, c.side * (b.stands + coalesce(m.amount, 0)) AS amount
FROM standing_break b
JOIN jsonb_to_recordset($3::jsonb)
  AS c (code text, types smallint[], prefix text, pays boolean, side integer) ON c.code = b.code
LEFT JOIN loan n ON n.bucket = b.bucket AND n.loan_id = b.loan_id AND b.loan_id > 0
LEFT JOIN LATERAL (
  SELECT sum(event_moved(e.type, e.amount, o.allocated, o.to_suspense)) AS amount FROM event e
  JOIN event_outcome o ON o.business_date = e.business_date AND o.bucket = e.bucket
    AND o.loan_id = e.loan_id AND o.event_id = e.event_id AND o.rule = ''
  WHERE b.resolution = 'booked' AND e.ref = b.order_no AND e.type = ANY (c.types)
    AND e.business_date BETWEEN b.since AND $2::date
    AND event_moved(e.type, e.amount, o.allocated, o.to_suspense) = b.difference
) AS m ON true
WHERE b.by_hand AND b.code = ANY ($1::text[]) AND b.stands + coalesce(m.amount, 0) <> 0
ORDER BY b.break_id
