-- What was settled with each party by a day, positive: we paid. $1 = the day.
SELECT party, sum(amount) AS settled FROM funding_settlement
WHERE settled_on <= $1 GROUP BY party
