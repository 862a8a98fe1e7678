-- Rows of a party that was erased; they leave the stage.
DELETE FROM stage_party s USING party_erasure e
WHERE e.bucket = s.bucket AND e.party_no = s.party_no
RETURNING s.line, s.party_no AS party
