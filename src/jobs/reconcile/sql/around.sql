-- Events of other days that a line without one of its own day has the order number of: cross-day
-- slips, orders that have not been closed yet, and orders settled before. `settled`: a statement in
-- force of that day has matched the event already. $1 = the day, $2 = the event types, $3 = the
-- first and $4 = the last day looked at, $5 = the clearing account, $6 = 1 or -1, $7 = the channel,
-- $8 = what its order numbers begin with: what begins otherwise is another channel's; $9 = the
-- types of refunds, which a line below zero names. Filled in: the join of events by their order
-- number.
-- Lines without an event are few: each is looked up by key, which the events are read once for.
-- Several events of one order and day count together, as in reconcile-together.
CREATE TEMP TABLE around ON COMMIT DROP AS
SELECT DISTINCT ON (line) line, bucket, loan_id, event_id, business_date, value_date, events,
  standing, our_amount, ledger, break_id, settled
FROM (
  SELECT line, business_date, (array_agg(bucket ORDER BY event_id))[1] AS bucket,
    (array_agg(loan_id ORDER BY event_id))[1] AS loan_id, min(event_id) AS event_id,
    min(value_date) AS value_date, count(*)::integer AS events, min(standing) AS standing,
    coalesce(sum(our_amount) FILTER (WHERE standing < standing_rejected()),
      sum(our_amount))::bigint AS our_amount,
    coalesce(sum(ledger) FILTER (WHERE standing < standing_rejected()),
      sum(ledger))::bigint AS ledger,
    min(break_id) AS break_id, bool_or(settled) AS settled
  FROM (
    SELECT p.line, e.bucket, e.loan_id, e.event_id, e.business_date, e.value_date,
      CASE WHEN r.found THEN standing_reversed()
        WHEN o.event_id IS NULL THEN standing_waiting()
        WHEN o.rule = '' THEN standing_posted() ELSE standing_rejected() END AS standing,
      event_moved(e.type, e.amount, o.allocated, o.to_suspense) AS our_amount,
      (coalesce(j.amount, 0) * $6::integer)::bigint AS ledger, b.break_id,
      b.break_id IS NULL AND (EXISTS (
        SELECT FROM statement t WHERE t.code = $7 AND t.statement_date = e.business_date
          AND t.state <> 'replaced'
      ) OR EXISTS (
        SELECT FROM recon_break x WHERE x.event_id = e.event_id AND x.line > 0
          AND x.resolution IS DISTINCT FROM 'replaced'
          AND x.type IN ('cross_day', 'unposted', 'amount')
      )) AS settled
    FROM (SELECT line, order_no, their_amount FROM pair
      WHERE event_id IS NULL AND success = 1 AND order_no <> ''
        AND (starts_with(order_no, $8) OR their_amount < 0)) AS p
    JOIN :events AND e.type = ANY (
      CASE WHEN p.their_amount < 0 THEN $9::smallint[] ELSE $2::smallint[] END)
      AND e.business_date BETWEEN $3::date AND $4::date AND e.business_date <> $1::date
    LEFT JOIN event_outcome o ON o.business_date = e.business_date AND o.bucket = e.bucket
      AND o.loan_id = e.loan_id AND o.event_id = e.event_id
    LEFT JOIN LATERAL (
      SELECT sum(amount) AS amount FROM journal_line l
      WHERE l.business_date = e.business_date AND l.bucket = e.bucket AND l.loan_id = e.loan_id
        AND l.event_id = e.event_id AND l.account_id = $5 AND l.kind < kind_entry()
    ) AS j ON true
    LEFT JOIN LATERAL (
      SELECT true AS found FROM event v
      JOIN event_outcome w ON w.business_date = v.business_date AND w.bucket = v.bucket
        AND w.loan_id = v.loan_id AND w.event_id = v.event_id AND w.rule = ''
      WHERE v.bucket = e.bucket AND v.loan_id = e.loan_id AND v.type = event_type_reversal()
        AND v.of_event_id = e.event_id
      LIMIT 1
    ) AS r ON true
    LEFT JOIN recon_break b ON b.event_id = e.event_id AND b.state = 'open'
      AND b.type = 'missing_theirs'
  ) AS each
  GROUP BY line, business_date
) AS days
ORDER BY line, abs(business_date - $1::date), event_id
