-- $1 = the last sealed day, $2 and $3 = the first and the last bucket of the page. Loans that stand in
-- the book at the close of the day, and those that no close has met. Every table has its range: without
-- one the server reads all of it for each page.
SELECT l.loan_no AS "loanNo", l.bucket, l.loan_id AS "loanId", p.code AS product, p.version,
  l.product_id AS "productId", l.org, l.principal, l.rate, l.rate_ppb AS "ratePpb", l.periods,
  l.disbursed_on::text AS "disbursedOn", l.first_due_on::text AS "firstDueOn",
  l.born_on > $1::date AS "isComing",
  e.type = event_type_opening() AND NOT coalesce(o.from_birth, l.paid_periods = 0) AS "isOpened",
  h.reason AS held,
  s.due_on::text[] AS "dueOn", s.principal AS "duePrincipal", s.interest AS "dueInterest",
  s.balance_after AS "balanceAfter",
  v.due_on::text[] AS "nowDueOn", v.principal AS "nowPrincipal", v.interest AS "nowInterest",
  v.balance_after AS "nowBalanceAfter",
  q.group_id AS "groupId", q.status, q.accruing, q.classification,
  q.overdue_bucket AS "overdueBucket", q.days_past_due AS "daysPastDue", q.next_seq AS "nextSeq",
  q.period_start_on::text AS "periodStartOn", q.next_due_on::text AS "nextDueOn",
  q.next_principal AS "nextPrincipal", q.next_interest AS "nextInterest",
  q.rate_ppb AS "rateNow", q.period_units AS "periodUnits", q.principal AS "principalLeft",
  q.principal_not_due AS "principalNotDue", q.principal_overdue AS "principalOverdue",
  q.interest_accrued AS "interestAccrued", q.interest_due AS "interestDue",
  q.penalty_due AS "penaltyDue", q.compound_due AS "compoundDue", q.fee_due AS "feeDue",
  greatest(q.suspense, 0) AS suspense, greatest(0 - q.suspense, 0) AS "refundDue",
  q.interest_accrued_total AS "interestAccruedTotal", q.oldest_due_on::text AS "oldestDueOn",
  q.oldest_free_on::text AS "oldestFreeOn", q.open_installments AS "openInstallments"
FROM loan l
JOIN product_version p ON p.product_id = l.product_id
JOIN event e ON e.bucket = l.bucket AND e.loan_id = l.loan_id AND is_birth(e.type)
  AND e.bucket BETWEEN $2::smallint AND $3::smallint
JOIN schedule s ON s.bucket = l.bucket AND s.loan_id = l.loan_id AND s.version = 1
  AND s.bucket BETWEEN $2::smallint AND $3::smallint
LEFT JOIN opening_position o ON o.bucket = l.bucket AND o.loan_id = l.loan_id
  AND o.bucket BETWEEN $2::smallint AND $3::smallint
LEFT JOIN position q ON q.business_date = $1 AND q.bucket = l.bucket AND q.loan_id = l.loan_id
  AND q.bucket BETWEEN $2::smallint AND $3::smallint
LEFT JOIN schedule v ON v.bucket = l.bucket AND v.loan_id = l.loan_id
  AND v.version = q.schedule_version AND v.version > 1 AND v.bucket BETWEEN $2::smallint AND $3::smallint
LEFT JOIN held_loan h ON h.business_date = $1 AND h.bucket = l.bucket AND h.loan_id = l.loan_id
WHERE l.bucket BETWEEN $2::smallint AND $3::smallint
  AND (q.loan_id IS NOT NULL OR h.loan_id IS NOT NULL OR l.born_on > $1::date)
ORDER BY l.bucket, l.loan_id
