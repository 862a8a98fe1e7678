-- Breaks of a bank statement; $1 = the tolerance. A late net that is a break already is not one
-- again. Beyond the tolerance a surplus goes to suspense; what is short stays on clearing.
CREATE TEMP TABLE found ON COMMIT DROP AS
SELECT type, coalesce(order_no, ref) AS order_no, line, 0 AS bucket, 0::bigint AS loan_id,
  0::bigint AS event_id, amount AS their_amount, net AS our_amount, NULL::bigint AS ledger,
  coalesce(amount, 0) - coalesce(net, 0) AS difference, standing_none() AS standing,
  0 AS our_events,
  CASE WHEN type = 'amount' AND abs(amount - net) <= $1 THEN 'tolerated' END AS resolution,
  CASE WHEN type IN ('missing_ours', 'duplicate') THEN amount
    WHEN type = 'amount' AND amount - net > $1 THEN amount - net ELSE 0 END AS suspense
FROM (
  SELECT p.*, CASE WHEN is_duplicate THEN 'duplicate' WHEN line = 0 THEN 'missing_theirs'
    WHEN statement_id IS NULL THEN 'missing_ours' WHEN amount <> net THEN 'amount' END AS type
  FROM bank_pair p
) AS judged
WHERE type IS NOT NULL AND NOT (type = 'missing_theirs' AND EXISTS (
  SELECT FROM recon_break b WHERE b.state = 'open' AND b.type = 'missing_theirs'
    AND b.event_id = 0 AND b.order_no = judged.ref))
