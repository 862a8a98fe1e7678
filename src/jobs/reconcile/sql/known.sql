-- A statement that takes the place of another has orders again that a later one has found reversed.
DELETE FROM found f USING recon_break b
WHERE f.type = 'status' AND f.standing = standing_reversed() AND b.event_id = f.event_id AND b.line = 0
  AND b.our_status = 'reversed' AND b.resolution IS DISTINCT FROM 'replaced'
