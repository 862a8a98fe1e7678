-- What the partner has of each loan at the close of the day; gone when the transaction ends.
CREATE TEMP TABLE our_loan ON COMMIT DROP AS
SELECT bucket, loan_id, loan_no COLLATE "C" AS loan_no, status, classification AS class,
  :principal AS principal, :interest AS interest, :penalty AS penalty, :compound AS compound,
  :fee AS fee
FROM (:loans) AS n
