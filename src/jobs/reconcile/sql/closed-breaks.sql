-- What stands of orders that their close rejected or posted with another amount, as breaks of the
-- statement $1; $2 = the tolerance, $3 = the open day.
INSERT INTO recon_break (statement_id, type, order_no, line, bucket, loan_id, event_id,
  their_amount, our_amount, ledger_amount, difference, suspense, our_status, since, pend_until,
  state, resolution, reason, resolved_on, resolved_by_statement, our_events)
SELECT $1::integer, type, order_no, line, bucket, loan_id, event_id, their_amount,
  CASE WHEN posted = 0 THEN our_amount ELSE posted END, posted, difference,
  CASE WHEN is_tolerated THEN 0 ELSE greatest(difference, 0) END,
  CASE WHEN posted = 0 THEN 'rejected' ELSE 'posted' END, since, since,
  CASE WHEN is_tolerated THEN 'resolved' ELSE 'open' END,
  CASE WHEN is_tolerated THEN 'tolerated' END,
  CASE WHEN is_tolerated THEN 'within the tolerance of the channel' END,
  CASE WHEN is_tolerated THEN $3::date END, CASE WHEN is_tolerated THEN $1::integer END,
  our_events
FROM (
  SELECT b.order_no, b.line, b.bucket, b.loan_id, b.event_id, b.their_amount, b.our_amount,
    b.since, b.our_events, c.posted, b.their_amount - c.posted AS difference,
    CASE WHEN c.posted = 0 THEN 'status' ELSE 'amount' END AS type,
    c.posted <> 0 AND abs(b.their_amount - c.posted) <= $2 AS is_tolerated
  FROM recon_break b JOIN closed c USING (break_id)
  WHERE c.posted <> c.their_amount
) AS judged
ORDER BY order_no
