-- Parties of one file, sealed; version 0: the book says the same.
CREATE TEMP TABLE stage_party (
  line      integer NOT NULL,
  bucket    smallint NOT NULL,
  party_no  text COLLATE "C" NOT NULL,
  version   integer NOT NULL,
  -- Of a new party.
  party_key bytea,
  record    bytea,
  content   bytea,
  lookups   bytea[]
) ON COMMIT DROP
