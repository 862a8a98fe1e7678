-- A refund in a channel statement that no event of ours stands for is a break of its own.
ALTER TABLE recon_break DROP CONSTRAINT recon_break_type_check,
  ADD CONSTRAINT recon_break_type_check CHECK (type IN ('missing_ours', 'missing_theirs', 'amount',
    'status', 'unposted', 'ledger', 'duplicate', 'cross_day', 'cash', 'refund'));
