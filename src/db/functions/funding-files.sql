-- Files between partners and us. A batch login writes their register by these functions alone.

-- A file that is about to appear; one of the same place that never did is replaced.
CREATE OR REPLACE FUNCTION put_funding_file(facts jsonb) RETURNS funding_file
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  made funding_file := jsonb_populate_record(NULL::funding_file, facts);
BEGIN
  DELETE FROM funding_file f WHERE f.direction = made.direction AND f.partner = made.partner
    AND f.family = made.family AND f.business_date = made.business_date
    AND f.version = made.version AND f.state = 'begun';
  INSERT INTO funding_file (file_id, direction, partner, family, business_date, version, name,
      layout, sha256, rows_sha256, rows, rejected, total, state, by_whom)
    SELECT coalesce(max(f.file_id), 0) + 1, made.direction, made.partner, made.family,
      made.business_date, made.version, made.name, made.layout, made.sha256, made.rows_sha256,
      made.rows, made.rejected, made.total, 'begun', made.by_whom
    FROM funding_file f
    RETURNING * INTO made;
  RETURN made;
END $$;

CREATE OR REPLACE FUNCTION finish_funding_file(of_file integer, of_matched bigint DEFAULT NULL)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
BEGIN
  UPDATE funding_file SET state = 'done', matched = of_matched
    WHERE file_id = of_file AND state = 'begun';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'file % is not begun', of_file USING ERRCODE = 'LB016';
  END IF;
END $$;

-- Breaks that the check of a partner's snapshot has found.
CREATE OR REPLACE FUNCTION put_partner_breaks(of_file integer, breaks jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = loanbook, pg_temp AS $$
DECLARE
  many bigint;
BEGIN
  PERFORM 1 FROM funding_file WHERE file_id = of_file AND direction = 'in' AND state = 'begun';
  IF NOT FOUND THEN
    RAISE EXCEPTION 'file % takes no breaks now', of_file USING ERRCODE = 'LB016';
  END IF;
  INSERT INTO recon_break (funding_file_id, partner, type, component, order_no, line, bucket,
      loan_id, event_id, their_amount, our_amount, difference, suspense, our_status, since,
      pend_until, state)
    SELECT of_file, f.partner, b.type, b.component, b.order_no, b.line, b.bucket, b.loan_id, 0,
      b.their_amount, b.our_amount, b.difference, 0, b.our_status, b.since, b.pend_until, 'open'
    FROM funding_file f, jsonb_array_elements(breaks) WITH ORDINALITY AS e (facts, place)
    CROSS JOIN LATERAL jsonb_populate_record(NULL::recon_break, e.facts) AS b
    WHERE f.file_id = of_file ORDER BY e.place;
  GET DIAGNOSTICS many = ROW_COUNT;
  RETURN many;
END $$;

REVOKE ALL ON FUNCTION put_funding_file(jsonb), finish_funding_file(integer, bigint),
  put_partner_breaks(integer, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION put_funding_file(jsonb), finish_funding_file(integer, bigint),
  put_partner_breaks(integer, jsonb) TO loanbook_batch;
