-- The end of a step, and the sums that a day is sealed by. The batch role claims steps and gives
-- them back; what they did, and that they are done, is written here.

CREATE OR REPLACE FUNCTION require_run(of_run integer, holder_token uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM 1 FROM run WHERE run_id = of_run AND token = holder_token AND status = 'open'
    FOR KEY SHARE;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'run % no longer belongs to this process', of_run USING ERRCODE = 'LB002';
  END IF;
END $$;

DROP FUNCTION IF EXISTS finish_task(integer, integer, uuid, jsonb, jsonb, bytea, bytea, bytea, bytea);

-- Ends a task of a fold that the token has claimed; false where it is another's by now.
CREATE OR REPLACE FUNCTION finish_task(of_run integer, of_task integer, claim uuid, counts jsonb,
  of_totals jsonb, tables bytea, of_events bytea, marks bytea, of_contracts bytea, of_items bytea)
RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  did step := jsonb_populate_record(NULL::step, counts);
BEGIN
  UPDATE step SET status = 'done', rows_read = did.rows_read, rows_written = did.rows_written,
      loans_born = did.loans_born, loans_returned = did.loans_returned,
      loans_closed = did.loans_closed, loans_held = did.loans_held, events_read = did.events_read,
      events_rejected = did.events_rejected, totals = of_totals, hash = sha256(tables),
      table_hashes = tables, events = did.events, events_hash = of_events, event_marks = marks,
      contracts = did.contracts, contracts_hash = of_contracts, items = did.items,
      items_hash = of_items, ended_at = clock_timestamp(),
      lease_until = NULL
    WHERE run_id = of_run AND phase = 'fold' AND task = of_task AND token = claim
      AND status = 'claimed';
  RETURN FOUND;
END $$;

-- Ends the posting of a day: the turnover and balance of every account are taken from its journal,
-- and nobody writes the day's rows any more.
CREATE OR REPLACE FUNCTION finish_post(d date, of_run integer, holder_token uuid, tables bytea)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  parent text;
BEGIN
  PERFORM require_run(of_run, holder_token);
  PERFORM 1 FROM run, book WHERE run_id = of_run AND job = 'eod' AND run.business_date = d
    AND book.business_date = d;
  IF NOT FOUND THEN
    RAISE EXCEPTION 'day % is not the open day', d USING ERRCODE = 'LB001';
  END IF;
  -- Who still writes is waited for.
  FOREACH parent IN ARRAY ARRAY['position', 'allocation', 'event_outcome', 'journal_line'] LOOP
    EXECUTE format('LOCK TABLE %I IN SHARE MODE', day_table(parent, d));
    EXECUTE format('REVOKE INSERT ON %I FROM loanbook_batch', day_table(parent, d));
  END LOOP;
  EXECUTE format(
    'INSERT INTO gl_balance (business_date, account_id, group_id, debit, credit, balance)
     SELECT $1, account_id, group_id, sum(debit), sum(credit), sum(before + debit - credit)
     FROM (
       SELECT account_id, group_id, 0 AS before,
         CASE WHEN amount > 0 THEN amount ELSE 0 END AS debit,
         CASE WHEN amount < 0 THEN -amount ELSE 0 END AS credit
       FROM %I
       UNION ALL
       SELECT account_id, group_id, balance, 0, 0 FROM gl_balance WHERE business_date = $1 - 1
     ) AS moves GROUP BY account_id, group_id', day_table('journal_line', d)) USING d;
  UPDATE step SET status = 'done', started_at = coalesce(started_at, clock_timestamp()),
      ended_at = clock_timestamp(), hash = sha256(tables), table_hashes = tables
    WHERE run_id = of_run AND phase = 'post';
END $$;

-- Keeps what the income of the open day came to, and its tax.
CREATE OR REPLACE FUNCTION keep_tax(d date, accounts integer[], groups integer[], of_gross bigint[],
  of_tax bigint[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM 1 FROM book b JOIN run r ON r.business_date = b.business_date
    WHERE b.business_date = d AND r.job = 'eod' AND r.status = 'open';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'day % is not being closed', d USING ERRCODE = 'LB001';
  END IF;
  INSERT INTO tax_total (business_date, income_account_id, group_id, gross, tax)
    SELECT d, * FROM unnest(accounts, groups, of_gross, of_tax);
END $$;

-- The shares of joint loans that a run's tasks have counted: the lender's of each balance (normal and
-- overdue principal, accrued and due interest, penalty, compound, fee), and the others'.
CREATE OR REPLACE FUNCTION standing_shares(of_run integer)
RETURNS TABLE (group_id integer, accruing boolean, classification smallint,
  overdue_bucket smallint, own numeric[], partner_principal numeric, partner_interest numeric)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
  SELECT (t ->> 'groupId')::integer, (t ->> 'accruing')::boolean,
    (t ->> 'classification')::smallint, (t ->> 'overdueBucket')::smallint,
    ARRAY[sum((t -> 'own' ->> 0)::numeric), sum((t -> 'own' ->> 1)::numeric),
      sum((t -> 'own' ->> 2)::numeric), sum((t -> 'own' ->> 3)::numeric),
      sum((t -> 'own' ->> 4)::numeric), sum((t -> 'own' ->> 5)::numeric),
      sum((t -> 'own' ->> 6)::numeric)],
    sum((t ->> 'partnerPrincipal')::numeric), sum((t ->> 'partnerInterest')::numeric)
  FROM step, jsonb_array_elements(totals -> 'stands') AS t
  WHERE run_id = of_run AND phase = 'fold'
  GROUP BY 1, 2, 3, 4
$$;

-- Sums the positions of the open day, for its checks and for the seal: one scan, all that they need.
-- Read first and inserted after, and read by EXECUTE: only so may several processes scan.
CREATE OR REPLACE FUNCTION sum_positions(d date, of_run integer, holder_token uuid) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  sums jsonb;
BEGIN
  PERFORM require_run(of_run, holder_token);
  PERFORM 1 FROM step WHERE run_id = of_run AND phase IN ('fold', 'post') AND status <> 'done';
  IF FOUND THEN
    RAISE EXCEPTION 'run % has unfinished steps', of_run USING ERRCODE = 'LB003';
  END IF;
  EXECUTE format(
    'SELECT jsonb_agg(to_jsonb(s)) FROM (
       SELECT group_id, accruing, classification, overdue_bucket, count(*) AS loans,
         sum(principal) AS principal, sum(principal_not_due) AS principal_not_due,
         sum(principal_overdue) AS principal_overdue, sum(interest_accrued) AS interest_accrued,
         sum(interest_due) AS interest_due, sum(penalty_due) AS penalty_due,
         sum(compound_due) AS compound_due, sum(fee_due) AS fee_due,
         coalesce(sum(suspense) FILTER (WHERE suspense > 0), 0) AS suspense,
         sum(interest_accrued_total) AS interest_accrued_total,
         coalesce(sum(0 - suspense) FILTER (WHERE suspense < 0), 0) AS refund_due
       FROM %I GROUP BY group_id, accruing, classification, overdue_bucket) AS s',
    day_table('position', d)) INTO sums;
  INSERT INTO subledger_total (business_date, group_id, accruing, classification, overdue_bucket,
      loans, principal, principal_not_due, principal_overdue, interest_accrued, interest_due,
      penalty_due, compound_due, fee_due, suspense, interest_accrued_total, refund_due,
      own_principal, own_principal_overdue, own_interest_accrued, own_interest_due,
      own_penalty_due, own_compound_due, own_fee_due, partner_principal, partner_interest)
    SELECT t.*, o.own[1] + o.own[2], o.own[2], o.own[3], o.own[4], o.own[5], o.own[6], o.own[7],
      o.partner_principal, o.partner_interest
    FROM jsonb_populate_recordset(NULL::subledger_total, coalesce(sums, '[]')) AS s,
      LATERAL (SELECT d AS business_date, s.group_id, s.accruing, s.classification,
        s.overdue_bucket, s.loans, s.principal, s.principal_not_due, s.principal_overdue,
        s.interest_accrued, s.interest_due, s.penalty_due, s.compound_due, s.fee_due,
        s.suspense, s.interest_accrued_total, s.refund_due) AS t
      LEFT JOIN standing_shares(of_run) o USING (group_id, accruing, classification, overdue_bucket);
  PERFORM finish_phase(of_run, holder_token, 'check');
END $$;

CREATE OR REPLACE FUNCTION finish_phase(of_run integer, holder_token uuid, of_phase text)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM require_run(of_run, holder_token);
  UPDATE step SET status = 'done', ended_at = clock_timestamp(),
      started_at = coalesce(started_at, clock_timestamp())
    WHERE run_id = of_run AND phase = of_phase;
END $$;

-- Ends the phases of a job that is no close, with what it read and wrote in all.
CREATE OR REPLACE FUNCTION finish_steps(of_run integer, holder_token uuid, phases text[],
  began double precision[], ended double precision[], read bigint, written bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  PERFORM require_run(of_run, holder_token);
  UPDATE step s SET status = 'done', attempt = s.attempt + 1,
      started_at = clock_timestamp() - make_interval(secs => d.since),
      ended_at = clock_timestamp() - make_interval(secs => d.until),
      rows_read = CASE WHEN place = 1 THEN read ELSE 0 END,
      rows_written = CASE WHEN place = cardinality(phases) THEN written ELSE 0 END
    FROM unnest(phases, began, ended) WITH ORDINALITY AS d (name, since, until, place)
    WHERE s.run_id = of_run AND s.phase = d.name
      AND EXISTS (SELECT FROM run r WHERE r.run_id = of_run AND r.job <> 'eod');
END $$;

REVOKE ALL ON FUNCTION require_run(integer, uuid), standing_shares(integer),
  finish_task(integer, integer, uuid, jsonb, jsonb, bytea, bytea, bytea, bytea, bytea),
  finish_post(date, integer, uuid, bytea),
  keep_tax(date, integer[], integer[], bigint[], bigint[]), sum_positions(date, integer, uuid),
  finish_phase(integer, uuid, text),
  finish_steps(integer, uuid, text[], double precision[], double precision[], bigint, bigint)
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
  finish_task(integer, integer, uuid, jsonb, jsonb, bytea, bytea, bytea, bytea, bytea),
  finish_post(date, integer, uuid, bytea),
  keep_tax(date, integer[], integer[], bigint[], bigint[]), sum_positions(date, integer, uuid),
  finish_steps(integer, uuid, text[], double precision[], double precision[], bigint, bigint)
  TO loanbook_batch;
