-- Events that have moved the clearing account $1 by the close of the day $2 as no channel explains:
-- of no channel, reversed behind their statement, or by another amount than they say. $3 = the
-- channels of the account: code, types, prefix, whether it pays out, and 1 or -1.
WITH channels AS (
  SELECT * FROM jsonb_to_recordset($3::jsonb)
    AS c (code text, types smallint[], prefix text, pays boolean, side integer)
), moved AS (
  SELECT bucket, loan_id, event_id, sum(amount)::bigint AS amount FROM journal_line
  WHERE account_id = $1 AND business_date <= $2::date AND event_id <> 0 AND kind < 100
  GROUP BY bucket, loan_id, event_id
), known AS (
  SELECT m.amount, m.bucket, m.loan_id, m.event_id, n.loan_no, e.ref, e.type, e.business_date,
    c.code, c.side, v.business_date AS reversed_on,
    CASE WHEN v.business_date IS NOT NULL THEN 0
      WHEN e.amount = 0 THEN coalesce(o.allocated + o.to_suspense, 0)
      WHEN o.rule = '' THEN e.amount ELSE 0 END AS own,
    CASE WHEN e.amount = 0 THEN coalesce(o.allocated + o.to_suspense, 0) ELSE e.amount END AS gross,
    CASE WHEN c.pays THEN n.loan_no ELSE e.ref END AS order_no
  FROM moved m
  LEFT JOIN loan n ON n.bucket = m.bucket AND n.loan_id = m.loan_id
  LEFT JOIN event e ON e.bucket = m.bucket AND e.loan_id = m.loan_id AND e.event_id = m.event_id
  LEFT JOIN LATERAL (
    SELECT * FROM event_outcome x
    WHERE x.business_date BETWEEN e.business_date AND $2::date AND x.bucket = e.bucket
      AND x.loan_id = e.loan_id AND x.event_id = e.event_id
    ORDER BY x.business_date LIMIT 1
  ) AS o ON true
  LEFT JOIN LATERAL (
    SELECT * FROM channels c
    WHERE e.type = ANY (c.types)
      AND starts_with(CASE WHEN c.pays THEN n.loan_no ELSE e.ref END, c.prefix)
    ORDER BY length(c.prefix) DESC, c.code LIMIT 1
  ) AS c ON true
  LEFT JOIN LATERAL (
    SELECT u.business_date FROM event u
    JOIN event_outcome w ON w.business_date = u.business_date AND w.bucket = u.bucket
      AND w.loan_id = u.loan_id AND w.event_id = u.event_id AND w.rule = ''
    WHERE u.bucket = m.bucket AND u.loan_id = m.loan_id AND u.type = 13
      AND u.of_event_id = m.event_id AND u.business_date <= $2::date
    LIMIT 1
  ) AS v ON true
)
SELECT coalesce(code, '') AS code, coalesce(order_no, ref, '') AS "orderNo",
  coalesce(loan_no, '') AS "loanNo", coalesce(business_date, $2::date) AS day,
  CASE WHEN code IS NULL THEN 'no_channel' WHEN is_covered THEN 'reversed' ELSE 'ledger' END
    AS what,
  CASE WHEN code IS NULL THEN amount WHEN is_covered THEN amount - side * gross
    ELSE amount - side * own END AS amount
FROM (
  SELECT k.*, k.reversed_on IS NOT NULL AND EXISTS (
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
ORDER BY abs(amount) DESC, "orderNo"
