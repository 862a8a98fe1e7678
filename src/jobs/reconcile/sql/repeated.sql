-- Lines whose order number an earlier line of the statement has; without one a line is of nobody. Counted by a hash of the number,
-- which is half of the time, and then looked at exactly.
CREATE TEMP TABLE repeated ON COMMIT DROP AS
SELECT line, order_no, amount, success, first_line
FROM (
  SELECT line, order_no, amount, success, min(line) OVER (PARTITION BY order_no) AS first_line
  FROM statement_line WHERE order_no <> '' AND hashtextextended(order_no, 0) IN (
    SELECT hashtextextended(order_no, 0) FROM statement_line GROUP BY 1 HAVING count(*) > 1)
) AS alike
WHERE line > first_line
