-- Which merchant a loan was paid to: its order, under the terms that were in force when the money
-- went out. A table of its own beside the contract, as whose a loan is: no fold reads it.
CREATE TABLE merchant_order (
  bucket        smallint NOT NULL,
  loan_id       bigint NOT NULL,
  merchant      text COLLATE "C" NOT NULL,
  terms_version integer NOT NULL,
  entered_on    date NOT NULL,
  PRIMARY KEY (bucket, loan_id)
);
COMMENT ON TABLE merchant_order IS 'loans that were paid to a merchant: its orders';
COMMENT ON COLUMN merchant_order.terms_version IS 'of its document, on the day of disbursement';
COMMENT ON COLUMN merchant_order.entered_on IS 'the day whose close first folds the loan';
CREATE INDEX merchant_order_merchant ON merchant_order (merchant, entered_on);

-- A seal reads the rows of its day, which lie together.
CREATE INDEX merchant_order_entered ON merchant_order USING brin (entered_on);
INSERT INTO digested_table (table_name, of_part) VALUES ('merchant_order', 'entered_on = $1');
GRANT SELECT, INSERT ON merchant_order TO loanbook_batch;
