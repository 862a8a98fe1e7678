-- What a guarantor paid on a day: compensations, or buy-backs; what of it was given back, and what of
-- it each component of the instalment had. A loan keeps the guarantee of the day on which it came.
SELECT a.bucket, a.loan_id, l.loan_no, p.code AS plan_code, a.act_id, a.seq, a.ref, a.amount,
  a.business_date, coalesce(i.amount, 0) AS returned, coalesce(e.principal, 0) AS principal,
  coalesce(e.interest, 0) AS interest, coalesce(e.penalty, 0) AS penalty
FROM guarantee_act a
  JOIN loan l ON l.bucket = a.bucket AND l.loan_id = a.loan_id
  JOIN accounting_group g ON g.group_id = l.group_id
  JOIN funding_plan_version p ON p.plan_id = g.plan_id
  CROSS JOIN LATERAL (
    SELECT t.document::jsonb ->> 'guarantor' AS guarantor FROM funding_terms t
    WHERE t.kind = 'guarantee' AND t.code = p.document::jsonb ->> 'guarantee'
      AND t.effective_from <= l.born_on
    ORDER BY t.version DESC LIMIT 1
  ) AS t
  LEFT JOIN guarantor_item i ON i.act_id = a.act_id
  LEFT JOIN LATERAL (
    SELECT sum(amount) FILTER (WHERE component = component_principal())::bigint AS principal,
      sum(amount) FILTER (WHERE component = component_interest())::bigint AS interest,
      sum(amount) FILTER (WHERE component = component_penalty())::bigint AS penalty
    FROM event e
    WHERE e.bucket = a.bucket AND e.loan_id = a.loan_id AND e.type = event_type_repayment()
      AND starts_with(e.ref, 'guarantee/' || a.act_id || '/')
  ) AS e ON true
WHERE a.business_date = DATE ':day' AND a.type = :type AND t.guarantor = :party
