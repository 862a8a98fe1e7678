-- What stands of orders that their close rejected or posted with another amount, as breaks of the
-- statement $1; $2 = the tolerance, $3 = the open day. Ten thousand at a time.
SELECT sum(put_breaks($1::integer, facts)) FROM (
  SELECT jsonb_agg(to_jsonb(b) ORDER BY place) AS facts FROM (
    SELECT row_number() OVER (ORDER BY order_no) AS place, type, order_no, line, bucket, loan_id,
      event_id, their_amount, CASE WHEN posted = 0 THEN our_amount ELSE posted END AS our_amount,
      posted AS ledger_amount, difference,
      CASE WHEN is_tolerated THEN 0 ELSE greatest(difference, 0) END AS suspense,
      CASE WHEN posted = 0 THEN 'rejected' ELSE 'posted' END AS our_status, since,
      since AS pend_until, CASE WHEN is_tolerated THEN 'resolved' ELSE 'open' END AS state,
      CASE WHEN is_tolerated THEN 'tolerated' END AS resolution,
      CASE WHEN is_tolerated THEN 'within the tolerance of the channel' END AS reason,
      CASE WHEN is_tolerated THEN $3::date END AS resolved_on,
      CASE WHEN is_tolerated THEN $1::integer END AS resolved_by_statement, our_events
    FROM (
      SELECT b.order_no, b.line, b.bucket, b.loan_id, b.event_id, b.their_amount, b.our_amount,
        b.since, b.our_events, c.posted, b.their_amount - c.posted AS difference,
        CASE WHEN c.posted <> 0 THEN 'amount' WHEN b.their_amount < 0 THEN 'refund'
          ELSE 'status' END AS type,
        c.posted <> 0 AND abs(b.their_amount - c.posted) <= $2 AS is_tolerated
      FROM recon_break b JOIN closed c USING (break_id)
      WHERE c.posted <> c.their_amount
    ) AS judged
  ) AS b GROUP BY (place - 1) / 10000 ORDER BY min(place)
) AS shares
