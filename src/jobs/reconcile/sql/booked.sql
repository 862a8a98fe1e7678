-- Events that people booked for a break whose line an earlier statement has; $1 = the channel. What
-- the break had in suspense is what the event is of.
DELETE FROM pair p USING recon_break b, statement t
WHERE p.line IS NULL AND b.order_no = p.order_no AND b.resolution = 'booked'
  AND b.difference = p.our_amount AND t.statement_id = b.statement_id AND t.code = $1
  AND t.state <> 'replaced'
