-- Persons, what waits for a second one, and an audit that shows what was taken out of it.

-- How names are compared: compatibility forms, case and blanks do not count. Case is folded by this
-- list and not by a locale, which another server may not have; accents come apart before it. It is
-- kept in indexes, so it never changes; src/jobs/approvals/person-name.ts says the same.
CREATE FUNCTION person_key(name text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(normalize(translate(normalize(name, NFKD),
    'ABCDEFGHIJKLMNOPQRSTUVWXYZÆØÞÐĐŁŒ' || 'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣςΤΥΦΧΨΩ' ||
    'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯЂЄЅІЈЉЊЋЏҐ',
    'abcdefghijklmnopqrstuvwxyzæøþðđłœ' || 'αβγδεζηθικλμνξοπρσστυφχψω' ||
    'абвгдежзиклмнопрстуфхцчшщъыьэюяђєѕіјљњћџґ'
  ), NFKC), U&'[\00AD\200B-\200D\2060\FEFF]', '', 'g'),
    U&'[\0009-\000D\0020\0085\1680\2028\2029]+', ' ', 'g'))
$$;

CREATE TABLE person (
  person_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name        text NOT NULL CHECK (person_key(name) <> ''),
  name_key    text NOT NULL GENERATED ALWAYS AS (person_key(name)) STORED UNIQUE,
  roles       text[] NOT NULL CHECK (roles <@ ARRAY['operator', 'finance', 'risk', 'auditor',
                'administrator']),
  login       text,
  added_at    timestamptz NOT NULL DEFAULT now(),
  added_by    text NOT NULL,
  disabled_at timestamptz,
  disabled_by text,
  CHECK ((disabled_at IS NULL) = (disabled_by IS NULL))
);
COMMENT ON COLUMN person.roles IS
  'empty: known from what was made or checked before persons were registered; may do nothing';
COMMENT ON COLUMN person.login IS 'login of the database; null: none is known';
CREATE UNIQUE INDEX person_login ON person (login) WHERE disabled_at IS NULL;

ALTER TABLE book ADD COLUMN logins text NOT NULL DEFAULT 'shared'
  CHECK (logins IN ('shared', 'personal'));
COMMENT ON COLUMN book.logins IS
  'shared: persons are named and nothing proves it; personal: who acts is who is logged in';

-- What a second person decides. Its payload is the act as it was asked for, `against` the state of
-- the book that it was asked against.
CREATE TABLE approval (
  approval_id   integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  act           text NOT NULL CHECK (act IN ('voucher', 'statement_replace', 'break_resolve',
                  'ledger', 'product', 'policy', 'period_reopen')),
  subject       text NOT NULL,
  payload       jsonb NOT NULL,
  against       text NOT NULL DEFAULT '',
  maker         text NOT NULL CHECK (maker <> ''),
  maker_login   text,
  asked_at      timestamptz NOT NULL DEFAULT now(),
  status        text NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'granted', 'refused')),
  checker       text,
  checker_login text,
  reason        text NOT NULL DEFAULT '',
  decided_at    timestamptz,
  CHECK ((status = 'pending') = (checker IS NULL)),
  CHECK ((status = 'pending') = (decided_at IS NULL)),
  CHECK (status <> 'refused' OR reason <> '')
);
COMMENT ON COLUMN approval.maker_login IS 'null: from before logins were kept';
CREATE UNIQUE INDEX approval_waits ON approval (act, subject) WHERE status = 'pending';

-- Makers and checkers of before, so that no decision is without its person. None of them may do
-- anything until an administrator gives a role.
INSERT INTO person (name, roles, added_by)
SELECT DISTINCT ON (person_key(name)) name, '{}'::text[], 'db migrate' FROM (
  SELECT maker AS name FROM entry UNION SELECT checker FROM entry
  UNION SELECT made_by FROM voucher_file UNION SELECT made_by FROM voucher_decision
  UNION SELECT made_by FROM period_event UNION SELECT made_by FROM impairment_run
  UNION SELECT maker FROM statement UNION SELECT release_by FROM statement
  UNION SELECT by_whom FROM break_action UNION SELECT checker FROM break_action
) AS known WHERE person_key(name) <> '' ORDER BY person_key(name), name COLLATE "C";

INSERT INTO approval (act, subject, payload, maker, asked_at, status, checker, reason, decided_at)
SELECT * FROM (
  SELECT 'voucher', v.voucher_id::text, jsonb_build_object('voucherNo', v.voucher_no), f.made_by,
    f.at AS asked_at, CASE d.decision WHEN 'approved' THEN 'granted' WHEN 'rejected' THEN 'refused'
      ELSE 'pending' END, d.made_by, coalesce(d.reason, ''), d.at
  FROM manual_voucher v JOIN voucher_file f USING (voucher_file_id)
  LEFT JOIN voucher_decision d USING (voucher_id)
  UNION ALL
  SELECT 'statement_replace', code || '/' || statement_date || '/' || revision,
    jsonb_build_object('sha256', sha256), maker, taken_at, 'granted', release_by, '', taken_at
  FROM statement WHERE release_by IS NOT NULL
  UNION ALL
  SELECT 'break_resolve', break_id::text, jsonb_build_object('note', note), by_whom, at, 'granted',
    checker, '', at
  FROM break_action WHERE action = 'resolve' AND checker IS NOT NULL
) AS earlier ORDER BY asked_at;

-- The audit: numbered without a gap, every row with a hash over itself and the hash before it. The
-- head says where it ends, so that a last row that was taken out is missed too.
CREATE FUNCTION audit_hash(previous bytea, audit_id bigint, at timestamptz, login text, person text,
  logins text, action text, subject text, reason text, before jsonb, after jsonb) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(previous || convert_to(jsonb_build_array(audit_id,
    to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), login, person, logins, action,
    subject, reason, before, after)::text, 'UTF8'))
$$;

ALTER TABLE audit
  ALTER audit_id DROP IDENTITY,
  DROP CONSTRAINT audit_pkey,
  ALTER at DROP DEFAULT,
  ALTER login DROP DEFAULT,
  ADD COLUMN person text,
  ADD COLUMN logins text CHECK (logins IN ('shared', 'personal', 'unregistered')),
  ADD COLUMN before jsonb,
  ADD COLUMN after jsonb,
  ADD COLUMN hash bytea;
COMMENT ON COLUMN audit.logins IS
  'unregistered: no persons were registered then; null: a row of before the chain';
UPDATE audit SET audit_id = n.number
  FROM (SELECT audit_id, row_number() OVER (ORDER BY audit_id) AS number FROM audit) AS n
  WHERE n.audit_id = audit.audit_id;
ALTER TABLE audit ADD PRIMARY KEY (audit_id);

CREATE TABLE audit_head (
  only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
  audit_id bigint NOT NULL,
  hash     bytea NOT NULL
);
DO $$
DECLARE
  last_id bigint := 0;
  last_hash bytea := '';
  r record;
BEGIN
  FOR r IN SELECT * FROM audit ORDER BY audit_id LOOP
    last_id := r.audit_id;
    last_hash := audit_hash(last_hash, r.audit_id, r.at, r.login, r.person, r.logins, r.action,
      r.subject, r.reason, r.before, r.after);
    UPDATE audit SET hash = last_hash WHERE audit_id = r.audit_id;
  END LOOP;
  INSERT INTO audit_head (audit_id, hash) VALUES (last_id, last_hash);
END $$;
ALTER TABLE audit ALTER hash SET NOT NULL;

GRANT SELECT ON person, approval, audit_head TO loanbook_batch;
REVOKE INSERT ON audit FROM loanbook_batch;
REVOKE ALL ON FUNCTION person_key(text), audit_hash(bytea, bigint, timestamptz, text, text, text,
  text, text, text, jsonb, jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION person_key(text), audit_hash(bytea, bigint, timestamptz, text, text, text,
  text, text, text, jsonb, jsonb) TO loanbook_batch;
