import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../src/db/connect.js';
import { proofBook } from '../scenarios/proof-book.js';
import type { ScratchBook } from '../support/scratch-book.js';

/** The day that is open in the book, whose last sealed one is the day before. */
const OPEN = '2026-04-03';
const SEALED = '2026-04-02';
const ANY = 'gen_random_uuid()';

/** A list without a loan, which no table takes. */
const assignmentBy = (maker: string, checker: string, cut: string) =>
  `keep_assignment('X', 1, 'sale', '${cut}', NULL, 'SPV1', '', '', '${maker}', '${checker}', '{}',
    '{}', '{}', '{}', '{}', '{}', '{}', '{}', '{}')`;

/** Columns that the batch role may fill in new rows; true: all of them. Of no other table any. */
const MAY_INSERT: Readonly<Record<string, true | readonly string[]>> = {
  // Set-up: documents are held against their hashes, and chained at the next seal.
  ...Object.fromEntries(
    [
      'account',
      'accounting_group',
      'book',
      'calendar_year',
      'channel_version',
      'files_version',
      'funding_plan_version',
      'funding_terms',
      'guarantee_act',
      'guarantor_item',
      'merchant_refund',
    ].map((name) => [name, true]),
  ),
  impairment_version: true,
  ledger_version: true,
  // Orders are made and answered beside the events that they come to; all of it is chained.
  payment_answer: true,
  payment_batch: true,
  payment_file: true,
  payment_order: true,
  plan_version: true,
  policy_version: true,
  product_version: true,
  // Imports; the close of their day hashes them, an import names its rows and their sum.
  event: true,
  imported_file: true,
  loan: true,
  loan_look: true,
  loan_party: true,
  merchant_order: true,
  schedule: true,
  schedule_balance: true,
  // Customers, sealed: an import names its rows.
  party: true,
  party_import: true,
  party_key: true,
  // What a close or a job writes in bulk: the seal counts it, the chain holds it.
  held_loan: true,
  impairment_loan: true,
  left_loan: true,
  opening_position: true,
  loan_digest: true,
  funding_item: true,
  funding_room: true,
  month_row: true,
  // Figures of sealed days, made again from these whenever they are not there: no money moves by them.
  morning_day: true,
  morning_first: true,
  // The state of nights.
  ...Object.fromEntries(
    ['night', 'night_alarm', 'night_attempt', 'night_execution', 'night_step', 'plan_look'].map(
      (name) => [name, true],
    ),
  ),
  // When files of rejected rows go: they are taken away only as what they are.
  reject_file: true,
  scheduler_look: true,
  // A run is begun and its steps are laid out, not ended.
  run: [...['job', 'key', 'business_date', 'tasks', 'status', 'engine_version', 'hashed_columns']],
  execution: ['run_id', 'attempt', 'holder', 'workers'],
  step: ['run_id', 'phase', 'task', 'bucket_from', 'bucket_to'],
};

/** Columns that it may change. */
const MAY_UPDATE: Readonly<Record<string, readonly string[]>> = {
  account: ['applied_at', 'chained_on', 'changes', 'name', 'name_zh'],
  bucket_counter: ['chained_on', 'changes', 'last_ordinal'],
  execution: ['ended_at', 'message', 'outcome'],
  loan_look: ['look'],
  night: [
    ...['calendar', 'changes', 'exit', 'holder', 'is_held', 'is_late_told', 'lease_until'],
    ...['seen_at', 'state', 'stop_by', 'token', 'version'],
  ],
  night_alarm: ['failure', 'sent', 'settled_at', 'taken_by', 'taken_until'],
  night_attempt: ['ended_at', 'exit', 'log'],
  night_execution: ['ended_at', 'exit'],
  night_step: ['is_held', 'not_before', 'state', 'told', 'tries', 'why'],
  payment_batch: ['sha256', 'written_at'],
  payment_file: ['import_id', 'taken'],
  payment_order: ['chained_on', 'changes', 'class', 'collected', 'state'],
  plan_look: ['looked_to', 'problem'],
  reject_file: ['begun_at', 'goes_at', 'gone_at', 'sha256', 'written_at'],
  run: ['holder', 'lease_until', 'parameters', 'token'],
  scheduler_look: ['began_at', 'looked_at', 'process'],
  step: ['attempt', 'holder', 'lease_until', 'started_at', 'status', 'token'],
};

/** A settlement of a merchant that has had none, of orders of a day. */
const MERCHANT_SETTLED = (day: string) =>
  JSON.stringify({
    ...{ merchant: 'M9', number: 1, due_on: OPEN, from_date: day, to_date: day, gross: 5 },
    ...{ fee: 0, subsidy: 0, withheld: 0, refunds: 0, fee_back: 0, subsidy_back: 0, released: 0 },
    ...{ drawn: 0, carried_in: 0, paid: 5, carried_out: 0, held_days: [], held_left: [] },
    ...{ reference: 'M-X', terms_version: 1 },
  });

/** Each function that it may call, tried with a wrong day, state or person. */
const CALLS: Readonly<Record<string, readonly [call: string, answer: string][]>> = {
  act_on_break: [
    [`act_on_break(999999, 'resolve', 'a', NULL, '')`, 'LB016'],
    [`act_on_break(1, 'resolve', 'Li Na', 'Li Na', '')`, 'LB024'],
    [`act_on_break(1, 'forget', 'Li Na', NULL, '')`, '23514'],
  ],
  acting_person: [
    [`acting_person('Nobody', 'voucher')`, 'LB020'],
    [`acting_person('Gone', 'policy')`, 'LB021'],
    [`acting_person('Wang', 'policy')`, 'LB022'],
  ],
  add_person: [[`add_person('Mine', '{finance}', NULL, 'Wang')`, 'LB022']],
  adopt_import_tables: [[`adopt_import_tables()`, 'false']],
  approval_mode: [[`approval_mode('ledger')`, 'done']],
  ask_approval: [[`ask_approval('ledger', 'x', '{}', '', 'Nobody')`, 'LB020']],
  ask_vouchers: [[`ask_vouchers(1, 'Nobody')`, 'LB020']],
  begin_removal: [[`begin_removal(1)`, 'LB050']],
  begin_release: [
    [`begin_release('b.csv', 1, 'x', NULL, NULL, NULL, 'Wang')`, 'done'],
    [`begin_release('a.csv', 1, 'x', NULL, NULL, NULL, 'Wang')`, 'LB050'],
  ],
  build_import_table: [[`build_import_table('loan', 1, '{}', '{}', '{}', '{}', 1, 1)`, '42P01']],
  decide_approval: [
    [`decide_approval(999999, 'granted', 'Wang', '')`, 'LB040'],
    [`decide_approval(1, 'granted', 'Wang', '')`, 'LB042'],
  ],
  disable_person: [
    [`disable_person('Wang', 'Wang')`, 'LB022'],
    [`disable_person('Root', 'Root')`, 'LB025'],
  ],
  drop_import_stage: [[`drop_import_stage('none')`, 'done']],
  finish_funding_file: [[`finish_funding_file(999999)`, 'LB016']],
  logins_prove: [[`logins_prove()`, 'false']],
  make_import_tables: [[`make_import_tables(true)`, 'done']],
  note_approval: [[`note_approval('ledger', 'x', '{}', 'Wang', 'wang')`, 'LB024']],
  numbers_to_come: [[`(numbers_to_come()).import_id`, 'done']],
  open_import_stage: [[`open_import_stage(999999, ${ANY}, 'none', false)`, 'LB002']],
  persons_in_use: [[`persons_in_use()`, 'true']],
  put_funding_file: [[`put_funding_file('{"direction": "up"}')`, '23502']],
  put_partner_breaks: [[`put_partner_breaks(999999, '[]')`, 'LB016']],
  set_logins: [[`set_logins('personal', 'Wang')`, 'LB022']],
  take_approval: [[`take_approval(999999, 'Wang')`, 'LB040']],
  take_file: [[`take_file(999999, 'x', now())`, 'LB050']],
  two_persons: [[`two_persons('Li Na', ' LI  NA', 'voucher')`, 'LB024']],
  unproven_pairs: [[`unproven_pairs()`, 'done']],
  write_audit: [[`write_audit('mine', 'said')`, 'done']],
  analyze_balances: [[`analyze_balances()`, 'done']],
  analyze_events: [[`analyze_events()`, 'done']],
  analyze_loans: [[`analyze_loans()`, 'done']],
  analyze_parties: [[`analyze_parties()`, 'done']],
  cancel_import: [
    [`cancel_import(1, '')`, 'LB004'],
    [`cancel_import(1, 'because')`, 'LB011'],
    [`cancel_import(999999, 'because')`, 'LB010'],
  ],
  replace_bar: [[`replace_bar(1::smallint, 1)`, 'done']],
  replace_loans: [
    [`replace_loans(1, '{}')`, 'LB010'],
    [`replace_loans(999999, '{}')`, 'LB010'],
  ],
  replace_positions: [[`replace_positions(1, '{}')`, 'LB010']],
  close_period: [
    [`close_period('2026-03', 'x', '', '')`, 'LB012'],
    [`close_period('2026-04', 'x', '', '')`, 'LB012'],
  ],
  decide_voucher: [
    [`decide_voucher(999999, 'approved', 'x', '')`, 'LB015'],
    [`decide_voucher(1, 'approved', 'x', '')`, 'LB015'],
    [`decide_voucher(3, 'approved', 'Li Na', '')`, 'LB024'],
    [`decide_voucher(3, 'approved', 'Invented', '')`, 'LB020'],
  ],
  discard_day: [
    [`discard_day('${SEALED}', 'away')`, 'LB001'],
    [`discard_day('${OPEN}', '')`, 'LB004'],
  ],
  end_file: [[`end_file(999999, 'done', 'import 1', now())`, 'LB050']],
  end_lost_sessions: [[`end_lost_sessions(1)`, 'done']],
  end_lost_sessions_as_owner: [[`end_lost_sessions_as_owner(1)`, 'done']],
  end_run: [[`end_run(1, ${ANY})`, 'LB002']],
  finish_post: [[`finish_post('${SEALED}', 1, ${ANY}, '')`, 'LB002']],
  finish_removal: [[`finish_removal(1)`, 'LB050']],
  finish_release: [[`finish_release('none.csv')`, 'LB050']],
  finish_steps: [[`finish_steps(1, ${ANY}, '{}', '{}', '{}', 0, 0)`, 'LB002']],
  finish_task: [[`finish_task(1, 0, ${ANY}, '{}', '{}', '', '', '', '', '')`, 'false']],
  hold_break: [[`hold_break(1)`, 'done']],
  hold_open_day: [[`hold_open_day()`, 'done']],
  import_in_use: [[`import_in_use(1)`, 'done']],
  index_day: [[`index_day('2020-01-01')`, '42P01']],
  keep_impairment: [
    [`keep_impairment('2026-03-30', '2026-01-01', 0, 0, 'Wang')`, 'LB013'],
    [`keep_impairment('${OPEN}', '2026-01-01', 0, 0, 'Wang')`, 'LB013'],
    [`keep_impairment('${SEALED}', '2026-01-01', 777, 0, 'Wang')`, 'LB013'],
  ],
  find_transfers: [[`find_transfers('{S-X}', 999999)`, 'done']],
  keep_assignment: [
    [assignmentBy('Li Na', 'Li Na', SEALED), 'LB024'],
    [assignmentBy('Li Na', 'Wang', OPEN), 'LB014'],
    [assignmentBy('Li Na', 'Wang', SEALED), '23502'],
  ],
  keep_settlement: [
    [
      `keep_settlement('P1', 'net', '${OPEN}', '${OPEN}', '${OPEN}', 1, 0, 'S-X', 1, 'Wang')`,
      'LB014',
    ],
    [
      `keep_settlement('P9', 'net', '${OPEN}', '${SEALED}', '${SEALED}', 1, 0, 'S-X', 1, 'Wang')`,
      'done',
    ],
  ],
  keep_merchant_earning: [
    [`keep_merchant_earning('M9', '${OPEN}', 5, 'E-X', 'Wang')`, 'LB014'],
    [`keep_merchant_earning('M9', '${SEALED}', 5, 'E-X', 'Wang')`, 'done'],
  ],
  keep_merchant_settlement: [
    [`keep_merchant_settlement('${MERCHANT_SETTLED(OPEN)}', 'Wang')`, 'LB014'],
    [`keep_merchant_settlement('${MERCHANT_SETTLED(SEALED)}', 'Wang')`, 'done'],
  ],
  keep_look: [
    [`keep_look(now(), '${OPEN}', '[]', '{}')`, 'done'],
    [`keep_look(now(), '${OPEN}', '[{"name": "a", "state": "done"}]', '{}')`, '23502'],
  ],
  keep_next_key: [
    [`keep_next_key(2, 'aes', '', 'Wang')`, 'LB022'],
    [`keep_next_key(1, 'aes', '', 'Root')`, 'LB031'],
  ],
  reseal_keys: [
    [`reseal_keys(1::smallint, '{}', '{}', '{}', 'Wang')`, 'LB022'],
    [`reseal_keys(1::smallint, '{C1}', '{""}', '{"\\\\x020001"}', 'Root')`, 'LB031'],
  ],
  erase_party: [
    [`erase_party(999999, 1::smallint, 'C1', '', 'Wang')`, 'LB040'],
    [`erase_party(1, 1::smallint, 'C1', '', 'Wang')`, 'LB035'],
  ],
  replay_erasure: [
    [`replay_erasure(1::smallint, 'C1', '2026-04-01', '', '', '', '', 'Wang')`, 'LB022'],
  ],
  retire_key: [
    [`retire_key(1, 'Wang')`, 'LB022'],
    [`retire_key(0, 'Root')`, 'LB032'],
    [`retire_key(9, 'Root')`, 'LB032'],
  ],
  keep_master_keys: [
    [`keep_master_keys('[]', 'Wang')`, 'LB022'],
    [`keep_master_keys('[]', 'Root')`, 'LB030'],
  ],
  keep_session: [[`keep_session(1, ${ANY})`, 'LB002']],
  keep_tax: [
    [`keep_tax('${SEALED}', '{}', '{}', '{}', '{}')`, 'LB001'],
    [`keep_tax('${OPEN}', '{}', '{}', '{}', '{}')`, 'LB001'],
  ],
  keep_vouchers: [
    [`keep_vouchers('f', 'x', 'Wang', '[{"no": "1", "accounts": [1], "amounts": [5]}]')`, 'LB014'],
    [`keep_vouchers('f', 'x', 'Invented', '[]')`, 'LB020'],
    [`keep_vouchers('f', (SELECT sha256 FROM voucher_file), 'Wang', '[]')`, '23505'],
  ],
  lose_transfers: [[`lose_transfers(1)`, 'done']],
  lost_sessions: [[`lost_sessions(1)`, 'done']],
  move_breaks: [
    [`move_breaks('{1}', '{"state": "resolved", "resolved_on": "${SEALED}"}')`, 'LB001'],
    [`move_breaks('{1}', '{"state": "gone"}')`, '23514'],
  ],
  move_statements: [
    [`move_statements('{1}', '{"posted_on": "${SEALED}"}')`, 'LB016'],
    [`move_statements('{1}', '{"state": "matched"}')`, 'LB016'],
  ],
  open_day: [[`open_day('${SEALED}')`, 'LB001']],
  post_entry: [
    [`post_entry('manual', 'MINE', 'm', 0::smallint, 0, 0, 'a', 'b', PAIR)`, 'LB014'],
    [`post_entry('manual', 'NO', 'm', 0::smallint, 0, 0, 'Li Na', 'Wang', PAIR)`, 'LB014'],
    [`post_entry('bank', 'MINE/1', 'm', 0::smallint, 0, 0, 'a', NULL, PAIR)`, 'LB014'],
    [
      `post_entry('period', 'year-end 2026, group 1', 'm', 0::smallint, 0, 0, 'a', NULL, PAIR)`,
      'LB014',
    ],
    [
      `post_entry('impairment', '${OPEN}, group 1', 'm', 0::smallint, 0, 0, 'a', NULL, PAIR)`,
      'LB014',
    ],
    [`post_entry('unidentified', 'break/1', 'm', 0::smallint, 0, 0, 'a', 'a', PAIR)`, 'LB024'],
    [
      `post_entry('unidentified', 'break/1', 'm', 0::smallint, 0, 0, 'a', NULL, '{1}', '{5}')`,
      'LB014',
    ],
  ],
  put_breaks: [
    [`put_breaks(1, '[]')`, 'LB016'],
    [`put_breaks(999999, '[]')`, 'LB016'],
  ],
  put_statement: [
    [`put_statement('{"taken_on": "${SEALED}", "maker": "a"}')`, 'LB001'],
    [`put_statement('{"taken_on": "${OPEN}", "maker": "a", "release_by": "a"}')`, 'LB024'],
  ],
  release_file: [
    [`release_file(999999, 'x', 'Wang', 'Li Na')`, 'LB022'],
    [`release_file(999999, 'x', 'Root', 'Root')`, 'LB022'],
  ],
  reserve_events: [[`reserve_events(1)`, 'done']],
  reopen_period: [[`reopen_period('2026-04', 'x', 'y')`, 'LB012']],
  seal_day: [
    [`seal_day('${SEALED}', 1, ${ANY}, '')`, 'LB001'],
    [`seal_day('${OPEN}', 1, ${ANY}, '')`, 'LB002'],
  ],
  settle_taking: [[`settle_taking(999999, true)`, 'LB050']],
  sum_positions: [[`sum_positions('${OPEN}', 1, ${ANY})`, 'LB002']],
};

/** Two accounts that no loan moves, and amounts that balance. */
const PAIR = `(SELECT array_agg(account_id) FROM account WHERE code IN ('1012.01', '1012.02')), '{5, -5}'`;

/** Of a day's partitions these stand for all. */
const TABLES = `SELECT c.relname AS table FROM pg_class c
  WHERE c.relnamespace = 'loanbook'::regnamespace AND c.relkind IN ('r', 'p')
    AND (NOT c.relispartition OR c.relname LIKE '%${SEALED.replaceAll('-', '')}') ORDER BY 1`;

describe('a login that is the batch role and nothing else', () => {
  let book: ScratchBook;
  let batch: pg.Client;
  let owner: pg.Client;
  let tables: string[];
  beforeAll(async () => {
    book = await proofBook();
    owner = await connect(book.database.target, { role: 'owner' });
    batch = await connect(book.database.target, { role: 'login' });
    await batch.query('SET SESSION AUTHORIZATION loanbook_batch');
    tables = (await owner.query<{ table: string }>(TABLES)).rows.map(({ table }) => table);
  });
  afterAll(async () => {
    await batch?.end();
    await owner?.end();
    await book?.remove();
  });

  /** What the server answers: a state, `done`, or what the only column of the row says. */
  async function answer(sql: string): Promise<string> {
    await batch.query('BEGIN');
    try {
      const { rows } = await batch.query<{ said: unknown }>(sql);
      return typeof rows[0]?.said === 'boolean' ? String(rows[0].said) : 'done';
    } catch (error) {
      return (error as { code: string }).code;
    } finally {
      await batch.query('ROLLBACK');
    }
  }

  const columnsOf = async (table: string): Promise<string[]> => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT attname::text AS name FROM pg_attribute WHERE attrelid = $1::regclass
         AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attname`,
      [table],
    );
    return rows.map(({ name }) => name);
  };

  it('puts rows into no table but those that are named, and no column but those', async () => {
    const may: Record<string, true | string[]> = {};
    for (const table of tables) {
      const columns = await columnsOf(table);
      const allowed: string[] = [];
      for (const name of columns) {
        const sql = `INSERT INTO ${table} ("${name}") OVERRIDING SYSTEM VALUE
          SELECT "${name}" FROM ${table} WHERE false`;
        if ((await answer(sql)) !== '42501') allowed.push(name);
      }
      if (allowed.length === columns.length) may[table] = true;
      else if (allowed.length > 0) may[table] = allowed.sort();
    }
    const expected = Object.entries(MAY_INSERT).map(([table, names]) => [
      table,
      names === true ? true : [...names].sort(),
    ]);
    expect(may).toEqual(Object.fromEntries(expected));
  });

  it('changes no column of any table but those that are named', async () => {
    const may: Record<string, string[]> = {};
    for (const table of tables) {
      for (const name of await columnsOf(table)) {
        const sql = `UPDATE ${table} SET "${name}" = DEFAULT WHERE false`;
        if ((await answer(sql)) !== '42501') may[table] = [...(may[table] ?? []), name];
      }
    }
    expect(may).toEqual(MAY_UPDATE);
  });

  it('takes no row out of any table, and changes no table', async () => {
    for (const table of tables) {
      expect(await answer(`DELETE FROM ${table} WHERE false`), table).toBe('42501');
      expect(await answer(`TRUNCATE ${table}`), table).toBe('42501');
      expect(await answer(`DROP TABLE ${table}`), table).toBe('42501');
      expect(await answer(`ALTER TABLE ${table} ADD COLUMN mine int`), table).toBe('42501');
      expect(await answer(`CREATE INDEX ON ${table} ((1))`), table).toBe('42501');
      const trigger = `CREATE TRIGGER mine BEFORE INSERT ON ${table} EXECUTE FUNCTION wait_for_imports()`;
      expect(await answer(trigger), table).toBe('42501');
    }
  });

  it.each([
    'ALTER TABLE position DETACH PARTITION position_20260402',
    'CREATE TABLE loanbook.mine (a int)',
    'CREATE FUNCTION loanbook.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'DROP FUNCTION seal_day(date, integer, uuid, bytea)',
    'SET ROLE loanbook_owner',
    'SET session_replication_role = replica',
    `SELECT setval('event_arrival', 1)`,
    `SELECT chain_inputs('${SEALED}')`,
    `SELECT digest_rows('month_row', '2026-03-01')`,
    `SELECT finish_phase(1, ${ANY}, 'tidy')`,
    `SELECT require_tied_day('${SEALED}', 1)`,
  ])('may not: %s', async (sql) => {
    expect(await answer(sql)).toBe('42501');
  });

  it('calls no function but those that are tried here', async () => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT DISTINCT proname::text AS name FROM pg_proc
       WHERE pronamespace = 'loanbook'::regnamespace AND prorettype <> 'trigger'::regtype
         AND (prosecdef OR provolatile = 'v')
         AND has_function_privilege('loanbook_batch', oid, 'EXECUTE') ORDER BY 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(Object.keys(CALLS).sort());
  });

  it.each(
    Object.values(CALLS)
      .flat()
      .map(([call, said]) => [call.replace('PAIR', PAIR), said] as const),
  )('is answered: %s -> %s', async (call, said) => {
    expect(await answer(`SELECT ${call} AS said`)).toBe(said);
  });

  describe('that begins a close of its own', () => {
    let run: number;
    let token: string;
    beforeAll(async () => {
      const { rows } = await batch.query<{ run_id: number }>(
        `INSERT INTO run (job, business_date, tasks, status, engine_version, hashed_columns)
         SELECT 'eod', '${OPEN}', 1, 'open', engine_version, hashed_columns FROM run
         WHERE job = 'eod' AND status = 'done' ORDER BY run_id DESC LIMIT 1 RETURNING run_id`,
      );
      run = rows[0]!.run_id;
      const taken = await batch.query<{ token: string }>(
        `UPDATE run SET token = gen_random_uuid() WHERE run_id = $1 RETURNING token`,
        [run],
      );
      token = taken.rows[0]!.token;
      await batch.query(`SELECT open_day('${OPEN}')`);
    });

    const seal = (content = `'\\x00'::bytea`) =>
      answer(`SELECT seal_day('${OPEN}', ${run}, '${token}', ${content})`);
    const laySteps = (to = 1023) =>
      batch.query(
        `INSERT INTO step (run_id, phase, task, bucket_from, bucket_to)
         SELECT ${run}, unnest(ARRAY['fold', 'post', 'tidy', 'check', 'seal']), 0, 0, ${to}
         ON CONFLICT DO NOTHING`,
      );
    const finishTask = (counts: object) => {
      const hashes = '00'.repeat(160);
      return batch.query(
        `SELECT finish_task(${run}, 0, (SELECT token FROM step WHERE run_id = ${run}
           AND phase = 'fold'), $1, '{"groups": []}', '\\x${hashes}', '', '', '', '')`,
        [JSON.stringify(counts)],
      );
    };
    const content = () =>
      `(SELECT sha256(string_agg(hash, NULL ORDER BY phase, task)) FROM step
        WHERE run_id = ${run} AND phase IN ('fold', 'post'))`;

    it('seals no day without steps, nor by steps that it calls done', async () => {
      expect(await seal()).toBe('LB003');
      await laySteps();
      await batch.query(`UPDATE step SET status = 'done' WHERE run_id = ${run}`);
      expect(await seal()).toBe('LB003');
      expect(await answer(`UPDATE step SET hash = '\\x00' WHERE run_id = ${run}`)).toBe('42501');
    });

    it('seals no empty day, even where the owner has tidied it', async () => {
      await batch.query(
        `UPDATE step SET status = 'claimed', token = gen_random_uuid() WHERE run_id = ${run}`,
      );
      await finishTask({
        ...{ rows_read: 0, rows_written: 0, loans_born: 0, loans_returned: 0, loans_closed: 0 },
        ...{ loans_held: 0, events_read: 0, events_rejected: 0, events: 0, contracts: 0 },
      });
      const post = `'\\x${'00'.repeat(128)}'`;
      await batch.query(`SELECT finish_post('${OPEN}', ${run}, '${token}', ${post})`);
      expect(await answer(`INSERT INTO position_20260403 SELECT * FROM position LIMIT 0`)).toBe(
        '42501',
      );
      await batch.query(`SELECT sum_positions('${OPEN}', ${run}, '${token}')`);
      expect(await seal(content())).toBe('LB003');
      await owner.query(`SELECT finish_phase(${run}, '${token}', 'tidy')`);
      expect(await seal()).toBe('LB006');
      expect(await seal(content())).toBe('LB006');
    });

    it('seals no day by a share of the buckets, nor by columns that hash nothing', async () => {
      await owner.query('BEGIN');
      await owner.query(`UPDATE step SET bucket_to = 511 WHERE run_id = ${run} AND phase = 'fold'`);
      await owner.query('COMMIT');
      expect(await seal(content())).toBe('LB003');
      await owner.query(`UPDATE step SET bucket_to = 1023 WHERE run_id = ${run}`);
      await owner.query(`UPDATE run SET hashed_columns = '{"position": []}' WHERE run_id = ${run}`);
      expect(await seal(content())).toBe('LB003');
      await owner.query(`UPDATE run SET hashed_columns = (SELECT hashed_columns FROM run
        WHERE job = 'eod' AND status = 'done' LIMIT 1) WHERE run_id = ${run}`);
    });

    it('seals no day whose loans are gone without a trace', async () => {
      // Counts that follow from the day before: all loans left, and none of them is named.
      await owner.query(`UPDATE step s SET rows_read = n.loans, loans_closed = n.loans
        FROM (SELECT sum(loans) AS loans FROM subledger_total WHERE business_date = '${SEALED}') AS n
        WHERE run_id = ${run} AND phase = 'fold'`);
      expect(await seal(content())).toBe('LB006');
    });

    it('builds on no day whose seal does not hold', async () => {
      await owner.query('BEGIN');
      await owner.query(`UPDATE sealed_day SET chain_hash = sha256('x')
        WHERE business_date = '${SEALED}'`);
      const found = await owner
        .query(`SELECT require_intact_seal('${SEALED}')`)
        .catch((error: { code: string }) => error.code);
      await owner.query('ROLLBACK');
      expect(found).toBe('LB008');
    });
  });
});
