-- A file of loans may come with a second one of their own schedules.
ALTER TABLE imported_file
  ADD COLUMN schedules_name   text,
  ADD COLUMN schedules_sha256 text;
COMMENT ON COLUMN imported_file.schedules_sha256 IS
  'of the file that brought the loans'' own schedules; null: none came';
