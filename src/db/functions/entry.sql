-- Entries and what people decide of them. A batch login writes them by these functions alone: they
-- hold the open day, what an entry stands for, and that two persons are two.

-- Who acts may, and two persons are two.
CREATE OR REPLACE FUNCTION check_persons(maker text, checker text, acts_now text, act text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  IF acts_now IS NOT NULL THEN
    PERFORM acting_person(acts_now, act);
  END IF;
  IF checker IS NOT NULL THEN
    PERFORM two_persons(maker, checker, act);
  END IF;
END $$;

-- Takes an entry into the open day; null: there is one of this source and reference. It stands for
-- something that is there: an approved voucher, a statement, a break, a sealed day or closed year.
CREATE OR REPLACE FUNCTION post_entry(of_source text, of_reference text, memo text,
  of_bucket smallint, of_loan bigint, of_group integer, of_maker text, of_checker text,
  accounts integer[], amounts bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  open_on date;
  number bigint;
  stands boolean;
BEGIN
  SELECT business_date INTO STRICT open_on FROM book FOR SHARE;
  PERFORM 1 FROM run WHERE job = 'eod' AND status = 'open';
  IF FOUND THEN
    RAISE EXCEPTION 'day % is being closed', open_on USING ERRCODE = 'LB005';
  END IF;
  IF cardinality(accounts) IS DISTINCT FROM cardinality(amounts) OR cardinality(amounts) = 0
    OR (SELECT sum(amount) FROM unnest(amounts) AS amount) <> 0
    OR EXISTS (SELECT FROM unnest(accounts) AS id LEFT JOIN account a ON a.account_id = id
      WHERE a.account_id IS NULL OR a.subledger IS NOT NULL)
  THEN
    RAISE EXCEPTION 'entry % does not balance, or moves a sub-ledger', of_reference
      USING ERRCODE = 'LB014';
  END IF;
  -- Entries follow one another: their numbers are in the hash of the day, so none is left out.
  PERFORM pg_advisory_xact_lock(5262666007);
  PERFORM 1 FROM entry WHERE source = of_source AND reference = of_reference;
  IF FOUND THEN RETURN NULL; END IF;
  CASE of_source
    WHEN 'manual' THEN
      SELECT f.made_by = of_maker AND d.made_by = of_checker AND d.decision = 'approved'
          AND (accounts, amounts) = (SELECT array_agg(account_id ORDER BY line),
            array_agg(amount ORDER BY line) FROM manual_voucher_line l
            WHERE l.voucher_id = v.voucher_id)
        INTO stands
      FROM manual_voucher v JOIN voucher_file f USING (voucher_file_id)
      JOIN voucher_decision d USING (voucher_id)
      WHERE v.voucher_no = of_reference AND d.decision = 'approved';
    WHEN 'impairment' THEN
      stands := EXISTS (SELECT FROM sealed_day
        WHERE starts_with(of_reference, business_date || ', group '));
    WHEN 'period' THEN
      stands := of_reference LIKE 'year-end ____, group %'
        AND period_is_closed(substr(of_reference, 10, 4) || '-12');
    WHEN 'guarantee' THEN
      stands := EXISTS (SELECT FROM guarantee_act WHERE act_id::text = of_reference);
    WHEN 'settlement' THEN
      stands := EXISTS (SELECT FROM funding_settlement WHERE reference = of_reference);
    WHEN 'merchant' THEN
      stands := EXISTS (SELECT FROM merchant_settlement WHERE reference = of_reference)
        OR EXISTS (SELECT FROM merchant_earning WHERE reference = of_reference);
    ELSE
      stands := EXISTS (SELECT FROM statement
          WHERE starts_with(of_reference, code || '/' || statement_date || '/' || revision || '/'))
        OR EXISTS (SELECT FROM recon_break WHERE of_reference = 'break/' || break_id)
        OR EXISTS (SELECT FROM funding_file WHERE direction = 'in' AND of_reference =
          'snapshot/' || partner || '/' || business_date || '/' || version);
  END CASE;
  IF stands IS NOT TRUE THEN
    RAISE EXCEPTION 'entry % of % stands for nothing that is there', of_reference, of_source
      USING ERRCODE = 'LB014';
  END IF;
  PERFORM check_persons(of_maker, of_checker, NULL, CASE of_source WHEN 'manual' THEN 'voucher_check'
    ELSE 'break_resolve_check' END);
  SELECT coalesce(max(entry_id), 0) + 1 INTO number FROM entry;
  INSERT INTO entry (entry_id, business_date, source, reference, memo, bucket, loan_id, group_id,
      maker, checker) OVERRIDING SYSTEM VALUE
    VALUES (number, open_on, of_source, of_reference, memo, of_bucket, of_loan, of_group, of_maker,
      of_checker);
  INSERT INTO entry_line (entry_id, line, account_id, amount)
    SELECT number, place, account, amount
    FROM unnest(accounts, amounts) WITH ORDINALITY AS u (account, amount, place);
  RETURN number;
END $$;

-- Keeps a file of manual vouchers, which wait for another person: each with the arrays of its lines.
CREATE OR REPLACE FUNCTION keep_vouchers(file_name text, of_sha256 text, by_whom text,
  vouchers jsonb) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  file_id integer;
  each jsonb;
  number integer;
BEGIN
  PERFORM check_persons(by_whom, NULL, by_whom, 'voucher');
  INSERT INTO voucher_file (name, sha256, made_by) VALUES (file_name, of_sha256, by_whom)
    RETURNING voucher_file_id INTO file_id;
  FOR each IN SELECT * FROM jsonb_array_elements(vouchers) LOOP
    IF (SELECT sum(amount::bigint) FROM jsonb_array_elements_text(each -> 'amounts') AS amount)
      IS DISTINCT FROM 0
    THEN
      RAISE EXCEPTION 'voucher % does not balance', each ->> 'no' USING ERRCODE = 'LB014';
    END IF;
    INSERT INTO manual_voucher (voucher_file_id, voucher_no, dated_on, memo)
      VALUES (file_id, each ->> 'no', (each ->> 'date')::date, each ->> 'memo')
      RETURNING voucher_id INTO number;
    INSERT INTO manual_voucher_line (voucher_id, line, account_id, amount)
      SELECT number, place, account::integer, amount::bigint
      FROM ROWS FROM (jsonb_array_elements_text(each -> 'accounts'),
        jsonb_array_elements_text(each -> 'amounts')) WITH ORDINALITY AS u (account, amount, place);
  END LOOP;
  RETURN file_id;
END $$;

-- Decides a voucher of another person, once.
CREATE OR REPLACE FUNCTION decide_voucher(of_voucher integer, verdict text, by_whom text, why text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  by_maker text;
  dated date;
BEGIN
  SELECT f.made_by, v.dated_on INTO by_maker, dated
  FROM manual_voucher v JOIN voucher_file f USING (voucher_file_id) WHERE v.voucher_id = of_voucher;
  IF NOT FOUND OR EXISTS (SELECT FROM voucher_decision WHERE voucher_id = of_voucher)
    OR (verdict = 'approved' AND period_is_closed(to_char(dated, 'YYYY-MM')))
  THEN
    RAISE EXCEPTION 'voucher % cannot be decided now', of_voucher USING ERRCODE = 'LB015';
  END IF;
  PERFORM check_persons(by_maker, by_whom, by_whom, 'voucher_check');
  INSERT INTO voucher_decision (voucher_id, decision, made_by, reason)
    VALUES (of_voucher, verdict, by_whom, why);
END $$;

REVOKE ALL ON FUNCTION check_persons(text, text, text, text),
  post_entry(text, text, text, smallint, bigint, integer, text, text, integer[], bigint[]),
  keep_vouchers(text, text, text, jsonb), decide_voucher(integer, text, text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  post_entry(text, text, text, smallint, bigint, integer, text, text, integer[], bigint[]),
  keep_vouchers(text, text, text, jsonb), decide_voucher(integer, text, text, text)
  TO loanbook_batch;
