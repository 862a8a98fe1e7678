-- Items of a party by day: what is settled already is not read again. A night adds to it behind
-- what is there, at a place a party.
CREATE INDEX funding_item_party ON funding_item (party, business_date);
