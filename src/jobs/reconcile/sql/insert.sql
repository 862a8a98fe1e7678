-- $1 = the statement, $2 = its date, $3 = the last day a missing side is waited for, $4 = open day.
INSERT INTO recon_break (statement_id, type, order_no, line, bucket, loan_id, event_id,
  their_amount, our_amount, ledger_amount, difference, suspense, our_status, since, pend_until,
  state, resolution, reason, resolved_on, resolved_by_statement, our_events)
SELECT $1::integer, type, order_no, line, bucket, loan_id, event_id, their_amount, our_amount, ledger,
  difference, suspense,
  CASE standing WHEN standing_posted() THEN 'posted' WHEN standing_waiting() THEN 'waiting'
    WHEN standing_rejected() THEN 'rejected' WHEN standing_reversed() THEN 'reversed'
    ELSE '' END,
  $2::date, CASE WHEN type LIKE 'missing%' THEN $3::date ELSE $2::date END,
  CASE WHEN resolution IS NULL THEN 'open' ELSE 'resolved' END, resolution,
  CASE resolution WHEN 'tolerated' THEN 'within the tolerance of the channel'
    WHEN 'cross_day' THEN 'both sides have it, on different days' END,
  CASE WHEN resolution IS NOT NULL THEN $4::date END,
  CASE WHEN resolution IS NOT NULL THEN $1::integer END, our_events
FROM found ORDER BY line = 0, line, order_no
