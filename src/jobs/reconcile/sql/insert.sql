-- $1 = the statement, $2 = its date, $3 = the last day a missing side is waited for, $4 = open day.
-- Ten thousand at a time: a JSON document has its bounds.
SELECT sum(put_breaks($1::integer, facts)) FROM (
  SELECT jsonb_agg(to_jsonb(b) ORDER BY place) AS facts FROM (
    SELECT row_number() OVER (ORDER BY line = 0, line, order_no) AS place, type, order_no, line,
      bucket, loan_id, event_id, their_amount, our_amount, ledger AS ledger_amount, difference,
      suspense, CASE standing WHEN standing_posted() THEN 'posted'
        WHEN standing_waiting() THEN 'waiting' WHEN standing_rejected() THEN 'rejected'
        WHEN standing_reversed() THEN 'reversed' ELSE '' END AS our_status,
      $2::date AS since,
      CASE WHEN type LIKE 'missing%' THEN $3::date ELSE $2::date END AS pend_until,
      CASE WHEN resolution IS NULL THEN 'open' ELSE 'resolved' END AS state, resolution,
      CASE resolution WHEN 'tolerated' THEN 'within the tolerance of the channel'
        WHEN 'cross_day' THEN 'both sides have it, on different days' END AS reason,
      CASE WHEN resolution IS NOT NULL THEN $4::date END AS resolved_on,
      CASE WHEN resolution IS NOT NULL THEN $1::integer END AS resolved_by_statement, our_events
    FROM found
  ) AS b GROUP BY (place - 1) / 10000 ORDER BY min(place)
) AS shares
