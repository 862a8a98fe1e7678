-- Orders that stand for several of the day's events: one order may pay several loans. Counted by a
-- hash of the number, which is a third of the time and room, and then looked at exactly.
CREATE TEMP TABLE shared ON COMMIT DROP AS
SELECT order_no FROM ours WHERE hashtextextended(order_no, 0) IN (
  SELECT hashtextextended(order_no, 0) FROM ours GROUP BY 1 HAVING count(*) > 1)
GROUP BY order_no HAVING count(*) > 1
