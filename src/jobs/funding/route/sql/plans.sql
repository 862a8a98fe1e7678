-- Plans that are in force on the day $1, the latest version of each, with what their rooms have
-- taken: of all days, and of that day.
SELECT p.code, p.version, p.document, p.sha256, coalesce(r.used, 0) AS used,
  coalesce(r.today, 0) AS today
FROM (
  SELECT DISTINCT ON (code) code, version, document, sha256 FROM funding_plan_version
  WHERE effective_from <= $1::date ORDER BY code, version DESC
) AS p
LEFT JOIN (
  SELECT plan, sum(amount) AS used,
    sum(amount) FILTER (WHERE business_date = $1::date) AS today
  FROM funding_room GROUP BY plan
) AS r ON r.plan = p.code
ORDER BY p.code
