-- Rows of a party that an earlier row of the file is of; they leave the stage.
DELETE FROM stage_party s USING (
  SELECT bucket, party_no, min(line) AS first_line FROM stage_party
  GROUP BY bucket, party_no HAVING count(*) > 1
) AS repeated
WHERE repeated.bucket = s.bucket AND repeated.party_no = s.party_no AND s.line > repeated.first_line
RETURNING s.line, s.party_no AS party
