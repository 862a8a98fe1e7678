-- Writes the month rows of some buckets; $1, $2 = first and last day, $3, $4 = buckets. Interest
-- accrued on a day is the growth of what the loan has accrued over its life; penalty and compound
-- are what the balance grew by and what was met of it, as the check of the day rolls forward. A
-- loan that comes back is measured against its last row, however old. One loan at a time would
-- read thirty tables a million times; a slice of the buckets is read from each table once. A loan
-- has one row before the month at most and one on its last day: joining them from `own` again was
-- a nested loop over the whole slice for each loan, 370 s for 200,000 loans and five days.
INSERT INTO month_row
WITH own AS (
  SELECT bucket, loan_id, business_date, group_id, principal,
    interest_accrued + interest_due AS interest, penalty_due AS penalty, compound_due AS compound,
    fee_due AS fee, suspense, interest_accrued_total AS accrued
  FROM position
  WHERE business_date BETWEEN $1::date - 1 AND $2::date AND bucket BETWEEN $3 AND $4
), entered AS (
  SELECT bucket, loan_id, min(business_date) AS entered_on FROM own
  GROUP BY bucket, loan_id HAVING min(business_date) >= $1::date
), before AS (
  SELECT e.bucket, e.loan_id, o.business_date, o.group_id, o.principal,
    o.interest_accrued + o.interest_due AS interest, o.penalty_due AS penalty,
    o.compound_due AS compound, o.fee_due AS fee, o.suspense, o.interest_accrued_total AS accrued
  FROM entered e JOIN loan l USING (bucket, loan_id), LATERAL (
    SELECT * FROM position o WHERE o.bucket = e.bucket AND o.loan_id = e.loan_id
      AND o.business_date < $1::date - 1
    ORDER BY o.business_date DESC LIMIT 1) AS o
  WHERE l.born_on < e.entered_on
), met AS (
  -- What is recovered is paid on what is no balance any more.
  SELECT bucket, loan_id, business_date,
    sum(CASE WHEN kind = line_charged() THEN -amount ELSE amount END)
      FILTER (WHERE component = component_penalty()) AS penalty,
    sum(CASE WHEN kind = line_charged() THEN -amount ELSE amount END)
      FILTER (WHERE component = component_compound()) AS compound
  FROM allocation
  WHERE business_date BETWEEN $1::date AND $2::date AND bucket BETWEEN $3 AND $4
    AND component IN (component_penalty(), component_compound())
    AND kind <> line_recovered()
  GROUP BY bucket, loan_id, business_date
), stepped AS (
  SELECT r.*, lag(business_date) OVER w IS NULL AS is_first,
    accrued - lag(accrued) OVER w AS grown,
    penalty - coalesce(lag(penalty) OVER w, 0) AS penalty_up,
    compound - coalesce(lag(compound) OVER w, 0) AS compound_up
  FROM (SELECT * FROM own UNION ALL SELECT * FROM before) AS r
  WINDOW w AS (PARTITION BY bucket, loan_id ORDER BY business_date)
), daily AS (
  SELECT s.*, o.is_opened,
    CASE WHEN NOT s.is_first THEN s.grown WHEN o.is_opened THEN NULL ELSE s.accrued END
      AS interest_day,
    CASE WHEN s.is_first AND o.is_opened THEN NULL
      ELSE s.penalty_up + coalesce(m.penalty, 0) END::bigint AS penalty_day,
    CASE WHEN s.is_first AND o.is_opened THEN NULL
      ELSE s.compound_up + coalesce(m.compound, 0) END::bigint AS compound_day
  FROM stepped s
  LEFT JOIN met m ON m.bucket = s.bucket AND m.loan_id = s.loan_id
    AND m.business_date = s.business_date
  CROSS JOIN LATERAL (SELECT s.is_first AND EXISTS (SELECT FROM event e WHERE e.bucket = s.bucket
    AND e.loan_id = s.loan_id AND e.type = event_type_opening()) AS is_opened) AS o
), summed AS (
  SELECT bucket, loan_id, (array_agg(group_id ORDER BY business_date DESC))[1] AS group_id,
    min(business_date) FILTER (WHERE business_date >= $1::date) AS first_on,
    max(business_date) AS last_on, count(*) FILTER (WHERE business_date >= $1::date) AS days,
    array_agg(business_date ORDER BY business_date) FILTER (WHERE business_date >= $1::date)
      AS on_days,
    array_agg(interest_day ORDER BY business_date) FILTER (WHERE business_date >= $1::date)
      AS interest,
    array_agg(penalty_day ORDER BY business_date) FILTER (WHERE business_date >= $1::date)
      AS penalty,
    array_agg(compound_day ORDER BY business_date) FILTER (WHERE business_date >= $1::date)
      AS compound,
    bool_or(penalty_day <> 0 AND business_date >= $1::date) AS has_penalty,
    bool_or(compound_day <> 0 AND business_date >= $1::date) AS has_compound,
    coalesce(max(principal) FILTER (WHERE business_date < $1::date), 0) AS opening_principal,
    coalesce(max(interest) FILTER (WHERE business_date < $1::date), 0) AS opening_interest,
    coalesce(max(penalty) FILTER (WHERE business_date < $1::date), 0) AS opening_penalty,
    coalesce(max(compound) FILTER (WHERE business_date < $1::date), 0) AS opening_compound,
    coalesce(max(fee) FILTER (WHERE business_date < $1::date), 0) AS opening_fee,
    coalesce(max(suspense) FILTER (WHERE business_date < $1::date), 0) AS opening_suspense,
    coalesce(max(principal) FILTER (WHERE business_date = $2::date), 0) AS closing_principal,
    coalesce(max(interest) FILTER (WHERE business_date = $2::date), 0) AS closing_interest,
    coalesce(max(penalty) FILTER (WHERE business_date = $2::date), 0) AS closing_penalty,
    coalesce(max(compound) FILTER (WHERE business_date = $2::date), 0) AS closing_compound,
    coalesce(max(fee) FILTER (WHERE business_date = $2::date), 0) AS closing_fee,
    coalesce(max(suspense) FILTER (WHERE business_date = $2::date), 0) AS closing_suspense
  FROM daily GROUP BY bucket, loan_id
)
SELECT $1::date - extract(day FROM $1::date)::int + 1, bucket, loan_id, group_id, first_on,
  CASE WHEN days <> last_on - first_on + 1 THEN on_days END, interest,
  CASE WHEN has_penalty THEN penalty END, CASE WHEN has_compound THEN compound END,
  opening_principal, opening_interest, opening_penalty, opening_compound, opening_fee,
  opening_suspense, closing_principal, closing_interest, closing_penalty, closing_compound,
  closing_fee, closing_suspense
FROM summed WHERE days > 0
ON CONFLICT DO NOTHING
