-- What stands of the breaks of bank statements on clearing accounts at the close of the day $1,
-- debit positive: what came short, on the account that the rest of it was cleared from; and what
-- people let go back from suspense to $3, the bank's own clearing account. $2 = the clearing
-- accounts.
SELECT a.code AS account, i.code, b.break_id AS "breakId", b.order_no AS "orderNo", b.since,
  b.state = 'resolved' AND b.resolved_on <= $1::date AS "byHand", b.resolution,
  -b.difference::numeric AS stands
FROM recon_break b
JOIN in_force i ON i.statement_id = b.statement_id AND i.kind = 'bank'
JOIN entry e ON e.source = 'bank'
  AND e.reference = concat_ws('/', i.code, i.statement_date, i.revision, b.line)
JOIN entry_line l ON l.entry_id = e.entry_id
JOIN account a ON a.account_id = l.account_id AND a.code = ANY ($2::text[])
WHERE b.type = 'amount' AND b.difference < 0 AND (b.resolution IS NULL
  OR b.resolved_on > $1::date OR b.resolution NOT IN ('tolerated', 'written_off', 'replaced'))
UNION ALL
SELECT $3::jsonb ->> i.code, i.code, b.break_id, b.order_no, b.since, true, b.resolution,
  -b.difference::numeric
FROM recon_break b
JOIN in_force i ON i.statement_id = b.statement_id AND i.kind = 'bank'
WHERE b.resolution IN ('booked', 'refunded') AND b.resolved_on <= $1::date
  AND (b.type IN ('missing_ours', 'duplicate') OR (b.type = 'amount' AND b.difference > 0))
