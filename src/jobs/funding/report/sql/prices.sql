-- Prices of loans that each party bought by a day, less those of what it gave back: $1 = the day.
SELECT buyer AS party, sum(price) AS price FROM funding_assignment
WHERE effective_on <= $1 GROUP BY buyer
