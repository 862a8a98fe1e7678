-- Open shorts of the channel $1 whose event was reversed since: neither side has it any more. Of an
-- order of several events a person has to say so.
CREATE TEMP TABLE undone_short ON COMMIT DROP AS
SELECT b.break_id FROM recon_break b
JOIN statement t ON t.statement_id = b.statement_id AND t.code = $1
JOIN event e ON e.bucket = b.bucket AND e.loan_id = b.loan_id AND e.event_id = b.event_id
JOIN event v ON v.bucket = e.bucket AND v.loan_id = e.loan_id AND v.type = event_type_reversal()
  AND v.of_event_id = e.event_id
JOIN event_outcome w ON w.business_date = v.business_date AND w.bucket = v.bucket
  AND w.loan_id = v.loan_id AND w.event_id = v.event_id AND w.rule = ''
WHERE b.state = 'open' AND b.type = 'missing_theirs' AND b.our_events = 1
