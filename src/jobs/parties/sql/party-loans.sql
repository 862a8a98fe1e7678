-- $1, $2 = the party, and the years that it is kept. Its loans that stand in the way of an erasure:
-- one runs, there is a claim, something of it is on its way, or it ended not so long ago.
WITH days AS (
  SELECT business_date AS open_day, (SELECT max(business_date) FROM sealed_day) AS sealed FROM book
), ours AS (
  SELECT l.loan_no, d.open_day, p.status, p.suspense,
    coalesce(p.business_date,
      (SELECT max(t.last_on) FROM left_loan t WHERE t.bucket = l.bucket AND t.loan_id = l.loan_id),
      (SELECT max(o.business_date) FROM position o
       WHERE o.bucket = l.bucket AND o.loan_id = l.loan_id)) AS last_on,
    EXISTS (SELECT FROM event e WHERE e.bucket = l.bucket AND e.loan_id = l.loan_id
        AND e.business_date >= d.open_day)
      OR EXISTS (SELECT FROM held_loan h WHERE h.business_date = d.sealed AND h.bucket = l.bucket
        AND h.loan_id = l.loan_id)
      OR EXISTS (SELECT FROM recon_break b WHERE b.bucket = l.bucket AND b.loan_id = l.loan_id
        AND b.state = 'open') AS in_flight
  FROM loan_party m CROSS JOIN days d
    JOIN loan l ON l.bucket = m.bucket AND l.loan_id = m.loan_id
    LEFT JOIN position p ON p.business_date = d.sealed AND p.bucket = l.bucket
      AND p.loan_id = l.loan_id
  WHERE m.party_no = $1
), standing AS (
  SELECT loan_no AS loan, (last_on + make_interval(years => $2))::date AS until, open_day,
    CASE WHEN last_on IS NULL OR status IN (status_normal(), status_overdue()) THEN 1
      WHEN status = status_written_off() OR suspense <> 0 THEN 2
      WHEN in_flight THEN 3 ELSE 4 END AS place
  FROM ours
)
SELECT loan, until::text, (ARRAY['party_has_loan', 'party_has_claim', 'party_in_flight',
  'party_is_kept'])[place] AS code
FROM standing WHERE place < 4 OR open_day <= until
ORDER BY place, until DESC, loan COLLATE "C" LIMIT 20
