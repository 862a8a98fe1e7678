-- Posted events of a channel that no statement of it has yet, by the close of the day $1: those of
-- the days $2, but for orders whose line came in the statement of another day, and those that were
-- reversed. $3 = the channel, $4 = its event types, $5 = what its order numbers
-- begin with, $6 = what its refunds begin with; order
-- and of are filled in as in reconcile-ours. An event of a held loan is posted on a later day.
SELECT count(*) AS count, coalesce(sum(event_moved(e.type, e.amount,
    coalesce(o.allocated, f.allocated), coalesce(o.to_suspense, f.to_suspense))), 0) AS amount
FROM event e :of
LEFT JOIN event_outcome o ON o.business_date = e.business_date AND o.bucket = e.bucket
  AND o.loan_id = e.loan_id AND o.event_id = e.event_id
LEFT JOIN LATERAL (
  SELECT x.* FROM event_outcome x
  WHERE o.event_id IS NULL AND x.business_date > e.business_date AND x.business_date <= $1::date
    AND x.bucket = e.bucket AND x.loan_id = e.loan_id AND x.event_id = e.event_id
  ORDER BY x.business_date LIMIT 1
) AS f ON true
WHERE e.business_date = ANY ($2::date[]) AND e.type = ANY ($4::smallint[])
  AND (starts_with(:order, $5) OR starts_with(:order, $6)) AND coalesce(o.rule, f.rule) = ''
  AND NOT EXISTS (
    SELECT FROM recon_break b JOIN in_force i ON i.statement_id = b.statement_id AND i.code = $3
    WHERE b.event_id = e.event_id AND b.line > 0)
  AND NOT EXISTS (
    SELECT FROM recon_break b JOIN in_force i ON i.statement_id = b.statement_id AND i.code = $3
    WHERE b.order_no = :order AND b.line > 0 AND b.event_id > 0)
  AND NOT EXISTS (
    SELECT FROM standing_break b WHERE b.code = $3 AND b.by_hand AND b.resolution = 'booked'
      AND b.order_no = :order)
  AND NOT EXISTS (
    SELECT FROM event v
    JOIN event_outcome w ON w.business_date = v.business_date AND w.bucket = v.bucket
      AND w.loan_id = v.loan_id AND w.event_id = v.event_id AND w.rule = ''
    WHERE v.bucket = e.bucket AND v.loan_id = e.loan_id AND v.type = event_type_reversal()
      AND v.of_event_id = e.event_id AND v.business_date <= $1::date)
