-- The day's events without a line whose order an earlier statement had as a line without an event:
-- the line came first. One that waits and whose cash is not known yet is no answer to it. $1 = the
-- channel.
CREATE TEMP TABLE carried ON COMMIT DROP AS
SELECT DISTINCT ON (b.break_id) b.break_id, p.event_id, b.their_amount, b.suspense
FROM recon_break b
JOIN statement t ON t.statement_id = b.statement_id AND t.code = $1
JOIN pair p ON p.order_no = b.order_no AND p.line IS NULL AND p.standing < standing_rejected()
  AND p.our_amount IS NOT NULL
WHERE b.state = 'open' AND b.type IN ('missing_ours', 'refund')
ORDER BY b.break_id
