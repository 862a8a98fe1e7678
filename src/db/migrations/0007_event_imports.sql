-- Files of events beside loans and repayments.
ALTER TABLE imported_file
  DROP CONSTRAINT imported_file_kind_check,
  ADD CONSTRAINT imported_file_kind_check CHECK (kind IN ('loans', 'repayments', 'events'));
