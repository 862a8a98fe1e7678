-- Alarms are sent the ways that the plan says; those from before are history.

ALTER TABLE night_alarm
  ADD COLUMN taken_by    text,
  ADD COLUMN taken_until timestamptz,
  ADD COLUMN sent        smallint[] NOT NULL DEFAULT '{}',
  ADD COLUMN failure     text,
  ADD COLUMN settled_at  timestamptz;
UPDATE night_alarm SET settled_at = at;
COMMENT ON COLUMN night_alarm.taken_by IS 'who sends it, until taken_until at most';
COMMENT ON COLUMN night_alarm.sent IS 'rules of the plan, from 0, that it went by or was given up';
COMMENT ON COLUMN night_alarm.failure IS 'which ways could not be gone, and why';
COMMENT ON COLUMN night_alarm.settled_at IS 'nothing is to be sent any more';
CREATE INDEX night_alarm_unsettled ON night_alarm (alarm_id) WHERE settled_at IS NULL;

GRANT UPDATE (taken_by, taken_until, sent, failure, settled_at) ON night_alarm TO loanbook_batch;
