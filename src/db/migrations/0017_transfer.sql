-- A loan that is sold: who bought it. Its price is the amount, `due_on` the day that it falls due.
ALTER TABLE event ADD COLUMN buyer text NOT NULL DEFAULT '';
COMMENT ON COLUMN event.buyer IS 'of a transfer: the new owner of the loan, where the file names it';
COMMENT ON COLUMN allocation.kind IS
  '1 paid, 2 waived, 3 charged, 4 written off, 5 recovered, 6 refunded by the merchant, 7 paid ahead
and given back, 8 transferred to a buyer';
