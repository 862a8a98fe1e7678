import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseDay } from '../../../src/accounting/calendar/epoch-day.js';
import { connect } from '../../../src/db/connect.js';
import { checkChain } from '../../../src/jobs/day/proof/check-chain.js';
import { checkDay } from '../../../src/jobs/eod/checks/check-day.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { generatedBook, type TestBook } from '../../support/book.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';

let database: TestDatabase;
let book: TestBook;
let owner: pg.Client;

beforeAll(async () => {
  database = await testDatabase();
  const made = { loans: 150, seed: 12, start: '2026-03-30', days: 3 };
  book = await generatedBook(database.target, made);
  for (const day of ['2026-03-30', '2026-03-31', '2026-04-01']) await book.importDay(day);
  await closeDays(database.target, { through: parseDay('2026-04-01')!, workers: 1, tasks: 4 });
  owner = await connect(database.target, { role: 'owner' });
});

afterAll(async () => {
  await owner?.end();
  await database?.drop();
  book?.remove();
});

const KEPT = [
  'journal_line',
  'journal_line_20260330',
  'position',
  'position_20260401',
  'allocation_20260330',
  'event_outcome_20260330',
  'event',
  'schedule',
  'schedule_balance',
  'left_loan',
  'loan',
  'entry',
  'entry_line',
  'gl_balance',
  'subledger_total',
  'sealed_day',
  'audit',
];

describe('a session that is the batch role and nothing else', () => {
  let batch: pg.Client;

  beforeAll(async () => {
    batch = await connect(database.target, { role: 'login' });
    await batch.query('SET SESSION AUTHORIZATION loanbook_batch');
  });
  afterAll(() => batch?.end());

  const refusal = (sql: string) =>
    batch.query(sql).then(
      () => 'done',
      (error) => error.code,
    );

  it.each(KEPT)('changes and removes nothing in %s', async (table) => {
    const { rows } = await owner.query<{ name: string }>(
      `SELECT column_name AS name FROM information_schema.columns
       WHERE table_schema = 'loanbook' AND table_name = $1 ORDER BY ordinal_position DESC LIMIT 1`,
      [table],
    );
    const { name } = rows[0]!;
    expect(await refusal(`UPDATE ${table} SET ${name} = ${name}`)).toBe('42501');
    expect(await refusal(`DELETE FROM ${table}`)).toBe('42501');
    expect(await refusal(`TRUNCATE ${table}`)).toBe('42501');
    expect(await refusal(`DROP TABLE ${table}`)).toBe('42501');
    expect(await refusal(`ALTER TABLE ${table} DISABLE TRIGGER ALL`)).toBe('42501');
    expect(await refusal(`ALTER TABLE ${table} OWNER TO loanbook_batch`)).toBe('42501');
  });

  it.each([
    'SET ROLE loanbook_owner',
    'GRANT loanbook_owner TO loanbook_batch',
    'ALTER ROLE loanbook_batch SUPERUSER',
    'ALTER DEFAULT PRIVILEGES FOR ROLE loanbook_owner GRANT ALL ON TABLES TO loanbook_batch',
    'SET session_replication_role = replica',
    'ALTER TABLE journal_line DETACH PARTITION journal_line_20260330',
    'ALTER TABLE journal_line_20260330 DROP CONSTRAINT journal_line_20260330_day',
    'DROP INDEX position_key_20260330',
    'INSERT INTO journal_line SELECT * FROM journal_line LIMIT 1',
    'INSERT INTO journal_line_20260401 SELECT * FROM journal_line_20260401 LIMIT 1',
    'INSERT INTO position_20260330 SELECT * FROM position_20260330 LIMIT 1',
    `INSERT INTO sealed_day SELECT date '2026-04-02', run_id, '', '' FROM sealed_day LIMIT 1`,
    'CREATE TRIGGER t BEFORE INSERT ON event EXECUTE FUNCTION wait_for_imports()',
    'CREATE RULE r AS ON INSERT TO event DO INSTEAD DELETE FROM event',
    'CREATE TABLE loanbook.mine (a int)',
    'CREATE FUNCTION loanbook.mine() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$',
    'ALTER FUNCTION seal_day(date, integer, uuid, bytea) SECURITY INVOKER',
    `COPY journal_line FROM PROGRAM 'true'`,
  ])('may not: %s', async (sql) => {
    expect(await refusal(sql)).toBe('42501');
  });

  it.each([
    [`SELECT discard_day('2026-04-01', 'away with it')`, 'LB001'],
    [`SELECT open_day('2026-03-30')`, 'LB001'],
    [`SELECT seal_day('2026-03-30', 1, gen_random_uuid(), '')`, 'LB001'],
  ])('finds no way through the functions of the owner: %s', async (sql, code) => {
    expect(await refusal(sql)).toBe(code);
    await batch.query('CREATE TEMP TABLE IF NOT EXISTS book (business_date date)');
    await batch.query(`INSERT INTO pg_temp.book VALUES ('2026-04-01'), ('2026-03-30')`);
    expect(await refusal(sql)).toBe(code);
  });

  it('gains nothing by a GRANT to itself, which PostgreSQL only warns of', async () => {
    await refusal('GRANT ALL ON journal_line, position, event TO loanbook_batch');
    expect(await refusal('UPDATE journal_line SET amount = 0')).toBe('42501');
    expect(await refusal('DELETE FROM event')).toBe('42501');
  });

  it('may update only named columns of what holds the state of jobs, or is worked out', async () => {
    const { rows } = await owner.query<{ table: string }>(
      `SELECT DISTINCT table_name::text AS table FROM information_schema.column_privileges
       WHERE grantee = 'loanbook_batch' AND privilege_type = 'UPDATE' ORDER BY 1`,
    );
    const tables = rows.map(({ table }) => table);
    expect(tables).toEqual([
      ...['account', 'bucket_counter', 'execution', 'loan_look', 'night', 'night_alarm'],
      ...['night_attempt', 'night_execution', 'night_step', 'payment_batch', 'payment_file'],
      ...['payment_order', 'plan_look', 'reject_file', 'run', 'scheduler_look', 'step'],
    ]);
    const others = await owner.query(
      `SELECT table_name, privilege_type FROM information_schema.table_privileges
       WHERE grantee IN ('loanbook_batch', 'PUBLIC') AND table_schema = 'loanbook'
         AND privilege_type NOT IN ('SELECT', 'INSERT')`,
    );
    expect(others.rows).toEqual([]);
  });

  it('meets owner functions with a search path of their own only', async () => {
    const { rows } = await owner.query(
      `SELECT proname FROM pg_proc WHERE pronamespace = 'loanbook'::regnamespace AND prosecdef
         AND NOT coalesce(proconfig, '{}') @> ARRAY['search_path=loanbook, pg_temp']`,
    );
    expect(rows).toEqual([]);
  });
});

const LINE = (day: string) =>
  `(SELECT ctid FROM journal_line_${day} WHERE loan_id <> 0 ORDER BY voucher, line LIMIT 1)`;
const VOUCHER = (day: string) =>
  `(SELECT voucher FROM journal_line_${day} WHERE loan_id <> 0 ORDER BY voucher LIMIT 1)`;
const COPY = (day: string, voucher: string, line: string) =>
  `INSERT INTO journal_line_${day} SELECT ${voucher}, loan_id, event_id, amount, business_date,
     account_id, group_id, bucket, ${line}, kind FROM journal_line_${day}
   WHERE voucher = ${VOUCHER(day)}`;

const TAMPERING: [string, (day: string) => string][] = [
  [
    'a changed line',
    (day) => `UPDATE journal_line_${day} SET amount = amount + 1
     WHERE ctid = ${LINE(day)}`,
  ],
  [
    'changed lines of a voucher that still balances',
    (day) => `UPDATE journal_line_${day} SET amount = 2 * amount WHERE voucher = ${VOUCHER(day)}`,
  ],
  [
    'a line moved to another account',
    (day) => `UPDATE journal_line_${day} SET account_id = account_id + 1 WHERE ctid = ${LINE(day)}`,
  ],
  ['a deleted line', (day) => `DELETE FROM journal_line_${day} WHERE ctid = ${LINE(day)}`],
  ['a deleted voucher', (day) => `DELETE FROM journal_line_${day} WHERE voucher = ${VOUCHER(day)}`],
  ['an inserted line', (day) => `${COPY(day, 'voucher', '9::smallint')} AND line = 1`],
  [
    'an inserted voucher that balances',
    (day) => COPY(day, `(SELECT max(voucher) + 1 FROM journal_line_${day})`, 'line'),
  ],
  ['an inserted voucher of no task', (day) => COPY(day, '7700000001', 'line')],
];

describe('tampering behind the tool, as the owner of the tables', () => {
  async function undone<T>(sql: string, look: () => Promise<T>): Promise<T> {
    await owner.query('BEGIN');
    try {
      expect((await owner.query(sql)).rowCount).toBeGreaterThan(0);
      return await look();
    } finally {
      await owner.query('ROLLBACK');
    }
  }
  const chain = () => checkChain(owner, {});

  it('leaves the chain whole while there is none', async () => {
    const result = await chain();
    expect(result).toMatchObject({ ok: true, days: 3, from: '2026-03-30', to: '2026-04-01' });
  });

  describe.each(TAMPERING)('%s', (_name, tamper) => {
    it.each(['2026-03-30', '2026-04-01'])('is found on %s', async (date) => {
      const sql = tamper(date.replaceAll('-', ''));
      const { result, day } = await undone(sql, async () => ({
        result: await chain(),
        day: await checkDay(owner, [], parseDay(date)),
      }));
      expect(result).toMatchObject({ ok: false, firstBroken: date });
      expect(result.broken.map(({ businessDate }) => businessDate)).toEqual([date]);
      expect(day.checks.filter(({ ok }) => !ok).map(({ name }) => name)).toContain('hash');
    });
  });

  it.each([
    [
      'a hash of a day',
      `UPDATE sealed_day SET content_hash = sha256('x')
       WHERE business_date = '2026-03-30'`,
      '2026-03-30',
    ],
    [
      'hash and chain of a day: its own rows, then the next link',
      `UPDATE sealed_day
       SET chain_hash = sha256('x') WHERE business_date = '2026-03-31'`,
      '2026-03-31',
    ],
    [
      'a sealed day taken out',
      `DELETE FROM sealed_day WHERE business_date = '2026-03-31'`,
      '2026-03-31',
    ],
    [
      'the last sealed day taken out',
      `DELETE FROM sealed_day
       WHERE business_date = '2026-04-01'`,
      '2026-04-01',
    ],
    [
      'a task whose hash was made to fit',
      `UPDATE step SET hash = sha256('x')
       WHERE phase = 'post' AND run_id = (SELECT min(run_id) FROM sealed_day)`,
      '2026-03-30',
    ],
  ])('%s is found', async (_name, sql, date) => {
    expect(await undone(sql, chain)).toMatchObject({ ok: false, firstBroken: date });
  });

  it('that makes a day over from its rows to its hash still breaks the link behind it', async () => {
    const sql = `UPDATE journal_line_20260330 SET amount = 2 * amount
      WHERE voucher = ${VOUCHER('20260330')}`;
    const result = await undone(sql, async () => {
      const found = await chain();
      const [content, link] = ['content of the day', 'chain'].map(
        (place) => found.broken[0]!.differences.find((one) => one.place === place)!.actual,
      );
      await owner.query(
        `UPDATE sealed_day SET content_hash = decode($1, 'hex'), chain_hash = decode($2, 'hex')
         WHERE business_date = '2026-03-30'`,
        [content, link],
      );
      for (const { place, actual } of found.broken[0]!.differences) {
        const task = /^task (\d+)$/.exec(place)?.[1];
        if (task === undefined) continue;
        await owner.query(
          `UPDATE step SET hash = decode($1, 'hex')
           WHERE run_id = (SELECT min(run_id) FROM sealed_day)
             AND phase = 'fold' AND task = $2`,
          [actual, task],
        );
      }
      return chain();
    });
    // What was chained of its steps, and the link behind it.
    expect(result.broken.map(({ businessDate }) => businessDate)).toEqual([
      '2026-03-30',
      '2026-03-31',
    ]);
  });

  it('is told from later columns of the tables: days sealed before keep their hash', async () => {
    await owner.query('BEGIN');
    await owner.query(`ALTER TABLE position ADD COLUMN later bigint NOT NULL DEFAULT 7;
      ALTER TABLE journal_line ADD COLUMN later text NOT NULL DEFAULT 'x'`);
    const result = await chain();
    await owner.query('ROLLBACK');
    expect(result.ok).toBe(true);
  });

  it('names a day whose rows are gone', async () => {
    await owner.query('BEGIN');
    await owner.query('DROP TABLE allocation_20260331');
    const result = await chain();
    await owner.query('ROLLBACK');
    expect(result).toMatchObject({ ok: false, firstBroken: '2026-03-31' });
  });
});
