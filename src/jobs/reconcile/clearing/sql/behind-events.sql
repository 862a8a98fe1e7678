-- Events that have moved the clearing account $1 by the close of the day $2 as no channel explains:
-- of no channel, reversed behind their statement, or by another amount than they say. $3 = the
-- channels of the account: code, types, prefix, whether it pays out, and 1 or -1. Read whole and
-- joined: looking each event up by key took six times as long. An event of a held loan is posted
-- on a later day.
WITH channels AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb)
    AS c (code text, types smallint[], prefix text, refunds text, pays boolean, side integer)
), moved AS (
  SELECT bucket, loan_id, event_id, sum(amount) AS amount FROM journal_line
  WHERE account_id = $1 AND business_date <= $2::date AND event_id <> 0 AND kind < kind_entry()
  GROUP BY bucket, loan_id, event_id
), undone AS (
  SELECT v.bucket, v.loan_id, v.of_event_id, min(v.business_date) AS reversed_on
  FROM event v
  JOIN event_outcome w ON w.business_date = v.business_date AND w.bucket = v.bucket
    AND w.loan_id = v.loan_id AND w.event_id = v.event_id AND w.rule = ''
  WHERE v.type = event_type_reversal() AND v.business_date <= $2::date
  GROUP BY v.bucket, v.loan_id, v.of_event_id
), known AS (
  SELECT m.amount, m.bucket, m.loan_id, m.event_id, n.loan_no, e.ref, e.business_date, c.code,
    c.side, u.reversed_on, CASE WHEN c.pays THEN n.loan_no ELSE e.ref END AS order_no,
    coalesce(event_moved(e.type, e.amount, coalesce(o.allocated, f.allocated),
      coalesce(o.to_suspense, f.to_suspense)), 0) AS gross,
    coalesce(o.rule, f.rule) = '' AS posted
  FROM moved m
  LEFT JOIN loan n ON n.bucket = m.bucket AND n.loan_id = m.loan_id
  LEFT JOIN event e ON e.bucket = m.bucket AND e.loan_id = m.loan_id AND e.event_id = m.event_id
  LEFT JOIN event_outcome o ON o.business_date = e.business_date AND o.bucket = e.bucket
    AND o.loan_id = e.loan_id AND o.event_id = e.event_id
  LEFT JOIN LATERAL (
    SELECT x.rule, x.allocated, x.to_suspense FROM event_outcome x
    WHERE o.event_id IS NULL AND x.business_date > e.business_date AND x.business_date <= $2::date
      AND x.bucket = e.bucket AND x.loan_id = e.loan_id AND x.event_id = e.event_id
    ORDER BY x.business_date LIMIT 1
  ) AS f ON true
  LEFT JOIN LATERAL (
    SELECT * FROM channels c
    WHERE e.type = ANY (c.types)
      AND (starts_with(CASE WHEN c.pays THEN n.loan_no ELSE e.ref END, c.prefix)
        OR starts_with(e.ref, c.refunds))
    ORDER BY length(c.prefix) DESC, c.code LIMIT 1
  ) AS c ON true
  LEFT JOIN undone u ON u.bucket = m.bucket AND u.loan_id = m.loan_id
    AND u.of_event_id = m.event_id
)
SELECT coalesce(code, '') AS code, coalesce(order_no, ref, '') AS "orderNo",
  coalesce(loan_no, '') AS "loanNo", coalesce(business_date, $2::date) AS day,
  CASE WHEN code IS NULL THEN 'no_channel' WHEN is_covered THEN 'reversed' ELSE 'ledger' END
    AS what,
  CASE WHEN code IS NULL THEN amount WHEN is_covered THEN amount - side * gross
    ELSE amount - side * own END AS amount
FROM (
  SELECT k.*, CASE WHEN k.reversed_on IS NULL AND k.posted THEN k.gross ELSE 0 END AS own,
    k.reversed_on IS NOT NULL AND EXISTS (
      SELECT FROM in_force i WHERE i.code = k.code AND i.statement_date = k.business_date
        AND i.taken_on <= k.reversed_on)
    AND NOT EXISTS (SELECT FROM recon_break b JOIN in_force i USING (statement_id)
      WHERE i.code = k.code AND b.order_no = k.order_no) AS is_covered
  FROM known k
) AS judged
WHERE CASE WHEN code IS NULL THEN amount <> 0
  ELSE is_covered OR (amount <> side * own AND NOT EXISTS (
    SELECT FROM recon_break b JOIN in_force i USING (statement_id)
    WHERE b.event_id = judged.event_id AND b.type = 'ledger')) END
ORDER BY abs(amount) DESC, "orderNo", bucket, loan_id, event_id
