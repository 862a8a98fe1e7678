-- Every event of a loan: what a type has of its own, 0 or 9999-12-31 where it has none.
ALTER TABLE event
  ADD COLUMN component     smallint NOT NULL DEFAULT 0,
  ADD COLUMN seq           smallint NOT NULL DEFAULT 0,
  ADD COLUMN due_on        date NOT NULL DEFAULT '9999-12-31',
  ADD COLUMN early_payment smallint NOT NULL DEFAULT 0,
  ADD COLUMN rate_ppb      bigint NOT NULL DEFAULT 0,
  ADD COLUMN of_event_id   bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN event.component IS 'of a waiver or a fee: index of the component';
COMMENT ON COLUMN event.early_payment IS
  '0 = what the product says, 1 hold, 2 pay_next, 3 pay_last, 4 pay_evenly, 5 prepay';
COMMENT ON COLUMN event.rate_ppb IS 'of a rate change: the new rate a year';
COMMENT ON COLUMN event.of_event_id IS 'of a reversal: the event that it undoes';

-- What an allocation line says: paid, waived, charged, written off, recovered, refunded.
ALTER TABLE allocation ADD COLUMN kind smallint NOT NULL DEFAULT 1;
COMMENT ON COLUMN allocation.kind IS
  '1 paid, 2 waived, 3 charged, 4 written off, 5 recovered, 6 refunded by the merchant';

-- An unsealed day that is dropped takes the schedules with it that were laid on it.
CREATE INDEX schedule_laid_again ON schedule (effective_on) WHERE version > 1;
