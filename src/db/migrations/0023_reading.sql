-- A product version is read by the conventions of the day it was applied on: one that is in the book
-- already keeps reading 1, so that its loans keep their figures, also those that are laid again.
ALTER TABLE product_version ADD COLUMN reading smallint NOT NULL DEFAULT 1;
ALTER TABLE product_version ALTER COLUMN reading DROP DEFAULT;
COMMENT ON COLUMN product_version.reading IS
  'by which text of the conventions it is read, docs/conventions.md: 2 = as they are now';
