-- Instalments of the schedules that were laid on a day, with running sums of what they ask: a share
-- of an instalment is the difference of the shares of two of them.
SELECT n.bucket, n.loan_id, n.loan_no, n.plan_id, n.rate_ppb, i.seq, i.due_on,
  sum(i.principal) OVER running AS principal_to,
  (sum(i.principal) OVER running - i.principal)::bigint AS principal_from,
  sum(i.interest) OVER running AS interest_to,
  (sum(i.interest) OVER running - i.interest)::bigint AS interest_from
FROM (:loans) n
  JOIN schedule s ON s.bucket = n.bucket AND s.loan_id = n.loan_id
    AND s.version = n.schedule_version
  CROSS JOIN LATERAL unnest(s.due_on, s.principal, s.interest)
    WITH ORDINALITY AS i (due_on, principal, interest, seq)
WHERE n.born_on = DATE ':day' OR s.effective_on = DATE ':day'
WINDOW running AS (PARTITION BY n.bucket, n.loan_id ORDER BY i.seq)
