-- A period may be closed although a clearing account is not proven: by somebody who says why.
ALTER TABLE period_event
  ADD COLUMN unproven text NOT NULL DEFAULT '',
  ADD CHECK (unproven = '' OR (action = 'close' AND reason <> ''));
COMMENT ON COLUMN period_event.unproven IS
  'clearing accounts that were not proven at the close, with their differences; reason accepts it';
