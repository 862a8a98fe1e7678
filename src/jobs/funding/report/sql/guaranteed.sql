-- What guarantors paid by a day, and what is theirs of it, by accounting group: $1 = the day.
SELECT l.group_id AS "groupId",
  coalesce(sum(a.amount) FILTER (WHERE a.type IN ('compensation', 'buy_back')), 0) AS paid,
  coalesce(sum(g.amount) FILTER (WHERE g.kind = 'return'), 0) AS returned,
  coalesce(sum(g.amount) FILTER (WHERE g.kind = 'recovery'), 0) AS recovered
FROM guarantee_act a JOIN loan l ON l.bucket = a.bucket AND l.loan_id = a.loan_id
LEFT JOIN guarantor_item g USING (act_id)
WHERE a.business_date <= $1 GROUP BY l.group_id
