-- What a party has of the money and the waivers of a day, by loan and event in order.
SELECT i.bucket, i.loan_id, l.loan_no, i.plan_id, i.place, i.kind, i.principal, i.interest,
  i.penalty, i.compound, i.fee, i.service_fee, i.service_tax,
  coalesce(e.ref, 'S' || to_char(i.business_date, 'YYYYMMDD')) AS ref,
  coalesce(e.value_date, i.business_date) AS value_date, i.business_date
FROM funding_item i
  JOIN loan l ON l.bucket = i.bucket AND l.loan_id = i.loan_id
  LEFT JOIN event e ON e.bucket = i.bucket AND e.loan_id = i.loan_id AND e.event_id = i.event_id
WHERE i.business_date = DATE ':day' AND i.party = :party AND i.kind <> movement_disbursement()
