-- Lines of a bank statement beside the channel statements whose net they bring: by reference, and
-- then by amount and date where exactly one stands on either side. An expected net that is not here
-- is late from the day it was due. `expected` = channel statements that the bank has not paid.
-- $1 = the day of the statement, $2 = days that a payment may be late.
CREATE TEMP TABLE bank_pair ON COMMIT DROP AS
WITH by_reference AS (
  SELECT s.line, e.statement_id FROM statement_line s JOIN expected e ON e.ref = s.order_no
  WHERE s.success = 1 AND NOT EXISTS (SELECT FROM repeated r WHERE r.line = s.line)
), by_amount AS (
  SELECT line, statement_id FROM (
    SELECT s.line, e.statement_id, count(*) OVER (PARTITION BY s.line) AS lines,
      count(*) OVER (PARTITION BY e.statement_id) AS statements
    FROM statement_line s JOIN expected e ON e.net = s.amount
      AND s.value_date BETWEEN e.due_on AND e.due_on + $2::integer
    WHERE s.success = 1 AND s.line NOT IN (SELECT line FROM by_reference)
      AND e.statement_id NOT IN (SELECT statement_id FROM by_reference)
      AND NOT EXISTS (SELECT FROM repeated r WHERE r.line = s.line)
  ) AS alike WHERE lines = 1 AND statements = 1
), joined AS (
  SELECT * FROM by_reference UNION ALL SELECT * FROM by_amount
)
SELECT s.line, s.order_no, s.amount, e.statement_id, e.ref, e.net,
  EXISTS (SELECT FROM repeated r WHERE r.line = s.line)
    OR (e.statement_id IS NULL AND EXISTS (SELECT FROM settled t WHERE t.ref = s.order_no))
    AS is_duplicate
FROM statement_line s LEFT JOIN joined j USING (line) LEFT JOIN expected e USING (statement_id)
WHERE s.success = 1
UNION ALL
SELECT 0, NULL, NULL, e.statement_id, e.ref, e.net, false FROM expected e
WHERE e.due_on <= $1::date AND e.statement_id NOT IN (SELECT statement_id FROM joined)
