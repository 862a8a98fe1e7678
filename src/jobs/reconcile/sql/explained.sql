-- Events that an earlier statement of the channel has a line of; $1 = the channel.
DELETE FROM pair p USING recon_break b, statement t
WHERE p.line IS NULL AND b.event_id = p.event_id AND b.line > 0 AND t.statement_id = b.statement_id
  AND t.code = $1 AND t.state <> 'replaced'
