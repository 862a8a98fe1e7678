-- What every loan with an exposure requires on a day: $1 = the day, $2, $3 = days past due after
-- which stages 2 and 3 begin, $4 to $7 = group, stage, PD and LGD in parts per billion, a row a
-- group and stage; $8 = groups of joint loans, which are measured by the lender's shares. EAD * PD *
-- LGD halves up, in exact numbers: div() rounds down.
INSERT INTO impairment_loan (as_of, loan_id, ead, allowance, group_id, bucket, stage)
SELECT $1::date, e.loan_id, e.ead,
  div(2 * e.ead::numeric * r.pd * r.lgd + 1000000000000000000, 2000000000000000000)::bigint,
  e.group_id, e.bucket, e.stage
FROM (
  SELECT bucket, loan_id, group_id, :exposure AS ead,
    CASE WHEN NOT accruing OR days_past_due > $3 THEN 3 WHEN days_past_due > $2 THEN 2
      ELSE 1 END::smallint AS stage
  FROM :position WHERE group_id <> ALL ($8::int[])
) AS e
JOIN unnest($4::int[], $5::smallint[], $6::numeric[], $7::numeric[]) AS r (group_id, stage, pd, lgd)
  ON r.group_id = e.group_id AND r.stage = e.stage
WHERE e.ead > 0
