-- What the guarantor answered, and what is owed to it of that, up to a day: $1 bucket, $2 loan,
-- $3 day.
SELECT a.business_date AS day, a.type, a.seq, a.amount, a.ref, g.kind AS "owedAs", g.amount AS owed
FROM guarantee_act a LEFT JOIN guarantor_item g USING (act_id)
WHERE a.bucket = $1 AND a.loan_id = $2 AND a.business_date <= $3
ORDER BY a.act_id
