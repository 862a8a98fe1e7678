-- Lines whose order number an earlier line of the statement has.
CREATE TEMP TABLE repeated ON COMMIT DROP AS
SELECT s.line, s.order_no, r.first_line
FROM (
  SELECT order_no, min(line) AS first_line FROM statement_line
  GROUP BY order_no HAVING count(*) > 1
) AS r JOIN statement_line s ON s.order_no = r.order_no AND s.line > r.first_line
