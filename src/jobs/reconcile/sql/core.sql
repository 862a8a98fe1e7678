-- Every difference between the positions of a day and the staged balances of another core; $1 = the
-- tolerance in minor units. A loan that has nothing on its one side is no difference. What says of
-- what kind a loan is (is_class) is compared where both sides have the loan.
CREATE TEMP TABLE core_break ON COMMIT DROP AS
SELECT CASE WHEN h.loan_no IS NULL THEN 'missing_here' WHEN c.loan_no IS NULL THEN 'missing_there'
    WHEN m.is_class THEN 'class' ELSE 'differs' END AS kind,
  (coalesce(h.loan_no, c.loan_no)) COLLATE "C" AS loan_no, m.measure,
  coalesce(m.here, 0)::bigint AS here, coalesce(m.there, 0)::bigint AS there
FROM core c
  FULL JOIN (SELECT l.loan_no, l.bucket AS loan_bucket, p.* FROM :position p
    JOIN loan l ON l.bucket = p.bucket AND l.loan_id = p.loan_id) AS h
    ON h.loan_bucket = c.bucket AND h.loan_no = c.loan_no,
  LATERAL (SELECT h.*) AS p,
  LATERAL (VALUES :measures) AS m (measure, is_class, here, there)
WHERE CASE WHEN m.is_class THEN m.here <> m.there
  ELSE abs(coalesce(m.here, 0) - coalesce(m.there, 0))
    > CASE WHEN m.measure = 'days_past_due' THEN 0 ELSE $1::bigint END END
