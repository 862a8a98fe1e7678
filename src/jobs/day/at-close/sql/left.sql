-- The last rows of loans that were settled and left the book behind a day and have no row of :day.
(SELECT q.* FROM left_loan x
   JOIN position q ON q.business_date = x.last_on AND q.bucket = x.bucket AND q.loan_id = x.loan_id
 WHERE x.left_on > DATE ':after' AND x.left_on <= DATE ':day' AND x.bucket BETWEEN :from AND :to
   AND q.business_date BETWEEN DATE ':after' AND DATE ':day' AND q.bucket BETWEEN :from AND :to
   AND q.status = status_settled()
   AND NOT EXISTS (SELECT FROM :position r WHERE r.bucket = x.bucket AND r.loan_id = x.loan_id)
   AND NOT EXISTS (SELECT FROM left_loan later WHERE later.bucket = x.bucket
     AND later.loan_id = x.loan_id AND later.left_on > x.left_on AND later.left_on <= DATE ':day'))
