-- $1 = the type of a rate change. Those of the file that are not rejected, with their loans and the
-- rate before: of the latest change up to their value date, in the book or on an earlier line.
SELECT s.line, l.product_id, l.principal, l.periods, l.disbursed_on, l.first_due_on,
  s.business_date, s.rate_ppb * u.units_a_year AS rate,
  coalesce((
    SELECT c.rate_ppb FROM (
      SELECT e.value_date, 0 AS line, e.event_id, e.rate_ppb FROM event e
      WHERE e.bucket = l.bucket AND e.loan_id = l.loan_id AND e.type = $1
        AND NOT EXISTS (SELECT FROM event r WHERE r.bucket = e.bucket AND r.loan_id = e.loan_id
          AND r.of_event_id = e.event_id)
      UNION ALL
      SELECT t.value_date, t.line, 0, t.rate_ppb * u.units_a_year FROM stage t
      WHERE t.bucket = s.bucket AND t.loan_no = s.loan_no AND t.type = $1 AND t.line < s.line
        AND NOT EXISTS (SELECT FROM rejected r WHERE r.line = t.line)
    ) AS c
    WHERE c.value_date <= s.value_date
    ORDER BY c.value_date DESC, c.line DESC, c.event_id DESC LIMIT 1
  ), l.rate_ppb) AS before
FROM stage s
JOIN loan l ON l.bucket = s.bucket AND l.loan_no = s.loan_no
JOIN rate_unit u ON u.product_id = l.product_id
WHERE s.type = $1 AND NOT EXISTS (SELECT FROM rejected r WHERE r.line = s.line)
ORDER BY s.line
