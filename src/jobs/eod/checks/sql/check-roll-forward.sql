-- Yesterday plus the day's flow is today, for each balance. The flow is taken from the tasks'
-- control totals and from the allocations, not from the journal; $1 = the day, $2 = its run.
WITH sums AS (
  SELECT business_date = $1::date AS is_today, sum(principal) AS principal,
    sum(interest_accrued + interest_due) AS interest, sum(penalty_due) AS penalty,
    sum(compound_due) AS compound, sum(fee_due) AS fee, sum(suspense) AS suspense,
    sum(refund_due) AS refund, sum(interest_accrued_total) AS accrued_total
  FROM subledger_total WHERE business_date IN ($1::date, $1::date - 1)
  GROUP BY 1
), balances AS (
  SELECT b.name, coalesce(sum(b.amount) FILTER (WHERE s.is_today), 0) AS today,
    coalesce(sum(b.amount) FILTER (WHERE NOT s.is_today), 0) AS yesterday
  FROM sums s, LATERAL (VALUES ('principal', principal), ('interest', interest),
    ('penalty', penalty), ('compound', compound), ('fee', fee), ('suspense', suspense),
    ('refund', refund)
  ) AS b (name, amount)
  GROUP BY b.name
), paid AS (
  -- What is recovered is of no balance any more; the rest but charges lowers one.
  SELECT component, sum(CASE WHEN kind = line_charged() THEN -amount ELSE amount END)
      FILTER (WHERE kind <> line_recovered()) AS amount,
    sum(amount) FILTER (WHERE event_id = 0 AND kind = line_paid()) AS out_of_suspense
  FROM :allocation GROUP BY component
), steps AS (
  SELECT totals FROM step WHERE run_id = $2 AND phase = 'fold'
), accrued AS (
  SELECT sum((g ->> 'interestAccrued')::numeric) AS interest,
    sum((g ->> 'penaltyAccrued')::numeric) AS penalty,
    sum((g ->> 'compoundAccrued')::numeric) AS compound
  FROM steps, jsonb_array_elements(totals -> 'groups') AS g
), entered AS (
  SELECT sum((totals -> 'entered' ->> 'principal')::numeric) AS principal,
    sum((totals -> 'entered' ->> 'interest')::numeric) AS interest,
    sum((totals -> 'entered' ->> 'penalty')::numeric) AS penalty,
    sum((totals -> 'entered' ->> 'compound')::numeric) AS compound,
    sum((totals -> 'entered' ->> 'fee')::numeric) AS fee,
    sum((totals ->> 'toSuspense')::numeric
      + coalesce((totals -> 'entered' ->> 'suspense')::numeric, 0)) AS suspense
  FROM steps
), flows AS (
  SELECT 'principal' AS name, coalesce(e.principal, 0) AS gained,
    component_principal() AS component FROM entered e
  UNION ALL SELECT 'interest', coalesce(e.interest, 0) + coalesce(a.interest, 0),
    component_interest() FROM entered e, accrued a
  UNION ALL SELECT 'penalty', coalesce(e.penalty, 0) + coalesce(a.penalty, 0),
    component_penalty() FROM entered e, accrued a
  UNION ALL SELECT 'compound', coalesce(e.compound, 0) + coalesce(a.compound, 0),
    component_compound() FROM entered e, accrued a
  UNION ALL SELECT 'fee', coalesce(e.fee, 0), component_fee() FROM entered e
  UNION ALL SELECT 'refund', 0, component_refund() FROM entered e
  UNION ALL SELECT 'suspense', coalesce(e.suspense, 0), NULL FROM entered e
)
SELECT f.name AS place, (b.yesterday + f.gained - used.amount)::text AS expected,
  b.today::text AS actual
FROM flows f JOIN balances b USING (name),
  LATERAL (SELECT CASE WHEN f.component IS NULL
    THEN (SELECT coalesce(sum(out_of_suspense), 0) FROM paid)
    ELSE (SELECT coalesce(sum(amount), 0) FROM paid WHERE component = f.component)
  END AS amount) AS used
WHERE b.today <> b.yesterday + f.gained - used.amount
ORDER BY f.name
