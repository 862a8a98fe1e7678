-- Loans that change hands: kept once, behind the last close, by two persons.

-- Keeps an assignment with its loans, whose arrays hold one after the other: five totals that went
-- out of a loan, five that money paid, seven balances that left. Who asked and who decided are two.
CREATE OR REPLACE FUNCTION keep_assignment(of_code text, of_version integer, of_kind text, cut date,
  of_plan integer, of_buyer text, of_document text, of_sha256 text, of_maker text, of_checker text,
  of_groups integer[], buckets smallint[], loan_ids bigint[], rates bigint[], states boolean[],
  outs bigint[], moneys bigint[], solds bigint[], prices bigint[]) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  open_on date;
  number integer;
BEGIN
  PERFORM acting_person(of_checker, 'funding_assign_check');
  PERFORM two_persons(of_maker, of_checker, 'funding_assign');
  SELECT business_date INTO STRICT open_on FROM book FOR SHARE;
  PERFORM 1 FROM run WHERE job = 'eod' AND status = 'open';
  IF FOUND THEN
    RAISE EXCEPTION 'day % is being closed', open_on USING ERRCODE = 'LB005';
  END IF;
  IF cut <> open_on - 1 OR NOT EXISTS (SELECT FROM sealed_day WHERE business_date = cut) THEN
    RAISE EXCEPTION 'the last closed day is not %', cut USING ERRCODE = 'LB014';
  END IF;
  PERFORM pg_advisory_xact_lock(5262666045);
  SELECT coalesce(max(assignment_id), 0) + 1 INTO number FROM funding_assignment;
  INSERT INTO funding_assignment (assignment_id, code, version, kind, cut_on, effective_on, plan_id,
      buyer, groups, loans, sold, price, document, sha256, assigned_by, checker)
    VALUES (number, of_code, of_version, of_kind, cut, open_on, of_plan, of_buyer, of_groups,
      cardinality(loan_ids), (SELECT sum(amount) FROM unnest(solds) AS amount),
      (SELECT sum(amount) FROM unnest(prices) AS amount), of_document, of_sha256, of_maker,
      of_checker);
  INSERT INTO assigned_loan (bucket, loan_id, effective_on, assignment_id, rate_ppb, accruing, out_before,
      money_before, sold, price)
    SELECT u.bucket, u.loan_id, open_on, number, u.rate, u.accruing,
      outs[5 * u.place - 4 : 5 * u.place], moneys[5 * u.place - 4 : 5 * u.place],
      solds[7 * u.place - 6 : 7 * u.place], u.price
    FROM unnest(buckets, loan_ids, rates, states, prices) WITH ORDINALITY
      AS u (bucket, loan_id, rate, accruing, price, place);
  RETURN number;
END $$;

REVOKE ALL ON FUNCTION keep_assignment(text, integer, text, date, integer, text, text, text, text,
  text, integer[], smallint[], bigint[], bigint[], boolean[], bigint[], bigint[], bigint[],
  bigint[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_assignment(text, integer, text, date, integer, text, text, text,
  text, text, integer[], smallint[], bigint[], bigint[], boolean[], bigint[], bigint[], bigint[],
  bigint[]) TO loanbook_batch;
