-- Keeps a run of impairment whose loans are measured: of a sealed day behind the last run, and what
-- it requires is what its loans sum to. Posted into the open day.
CREATE OR REPLACE FUNCTION keep_impairment(day date, parameters_from date, required_sum bigint,
  standing bigint, by_whom text) RETURNS date
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  open_on date;
  measured numeric;
  loans bigint;
BEGIN
  PERFORM acting_person(by_whom, 'impairment_run');
  SELECT business_date INTO STRICT open_on FROM book FOR SHARE;
  PERFORM 1 FROM sealed_day WHERE business_date = day;
  IF NOT FOUND OR EXISTS (SELECT FROM impairment_run WHERE as_of >= day) THEN
    RAISE EXCEPTION 'impairment of % cannot be run now', day USING ERRCODE = 'LB013';
  END IF;
  -- Rounded once a loan or once a segment, which differ by less than one a loan.
  SELECT coalesce(sum(allowance), 0), count(*) INTO measured, loans
    FROM impairment_loan WHERE as_of = day;
  IF abs(measured - required_sum) > loans THEN
    RAISE EXCEPTION 'the loans of % require %, not %', day, measured, required_sum
      USING ERRCODE = 'LB013';
  END IF;
  INSERT INTO impairment_run (as_of, effective_from, required, allowance, posted_on, made_by)
    VALUES (day, parameters_from, required_sum, standing, open_on, by_whom);
  PERFORM digest_rows('impairment_loan', day);
  RETURN open_on;
END $$;

REVOKE ALL ON FUNCTION keep_impairment(date, date, bigint, bigint, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_impairment(date, date, bigint, bigint, text) TO loanbook_batch;
