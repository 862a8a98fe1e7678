-- The loans of ours and theirs of which something is not the same: few of many. What a file does not
-- say is null, and is not compared.
CREATE TEMP TABLE odd_loan ON COMMIT DROP AS
SELECT coalesce(t.loan_no, o.loan_no) AS loan_no, coalesce(t.line, 0) AS line, o.bucket, o.loan_id,
  o.status AS our_status, o.class AS our_class, o.principal AS our_principal,
  o.interest AS our_interest, o.penalty AS our_penalty, o.compound AS our_compound,
  o.fee AS our_fee, t.status, t.class, t.principal, t.interest, t.penalty, t.compound, t.fee,
  t.before_principal, t.before_interest, t.before_penalty, t.before_compound, t.before_fee,
  t.flow_principal, t.flow_interest, t.flow_penalty, t.flow_compound, t.flow_fee
FROM our_loan o FULL JOIN their_loan t ON t.loan_no = o.loan_no
WHERE (o.loan_no IS NULL OR t.loan_no IS NULL OR t.status <> o.status OR t.class <> o.class
    OR t.principal <> o.principal OR t.interest <> o.interest OR t.penalty <> o.penalty
    OR t.compound <> o.compound OR t.fee <> o.fee
    OR t.before_principal + coalesce(t.flow_principal, 0) <> t.principal
    OR t.before_interest + coalesce(t.flow_interest, 0) <> t.interest
    OR t.before_penalty + coalesce(t.flow_penalty, 0) <> t.penalty
    OR t.before_compound + coalesce(t.flow_compound, 0) <> t.compound
    OR t.before_fee + coalesce(t.flow_fee, 0) <> t.fee)
  AND (t.loan_no IS NULL OR t.loan_no <> '')
  AND NOT EXISTS (SELECT FROM apart a WHERE a.loan_no = coalesce(t.loan_no, o.loan_no))
