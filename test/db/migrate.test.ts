import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { connect, withClient } from '../../src/db/connect.js';
import { migrate, pendingMigrations, requireMigrated } from '../../src/db/migrate.js';
import { latestVersion } from '../../src/db/migration-files.js';
import { emptyDatabase, type TestDatabase, testDatabase } from '../support/database.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'loanbook-migrations-'));
  write('0001_one.sql', 'CREATE TABLE one (i int);\n');
  write('0002_two.sql', 'CREATE TABLE two (i int);\nSELECT pg_sleep(0.1);\n');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (name: string, sql: string) => writeFileSync(join(folder, name), sql);

describe('an empty database', () => {
  let database: TestDatabase;
  beforeEach(async () => {
    database = await emptyDatabase();
  });
  afterEach(() => database.drop());

  it('is migrated once by four at the same time', async () => {
    const racers = [0, 1, 2, 3].map(() => migrate(database.target, folder));
    const results = await Promise.all(racers);
    expect(results.map(({ version }) => version)).toEqual([2, 2, 2, 2]);
    expect(results.flatMap(({ applied }) => applied).sort()).toEqual([
      '0001_one.sql',
      '0002_two.sql',
    ]);
  });

  it('takes new files later, and says what is pending', async () => {
    const empty = { version: 0, latest: 2, pending: ['0001_one.sql', '0002_two.sql'] };
    expect(await pendingMigrations(database.target, folder)).toEqual(empty);
    await migrate(database.target, folder);
    write('0003_three.sql', 'CREATE TABLE three (i int);');
    const one = { version: 2, latest: 3, pending: ['0003_three.sql'] };
    expect(await pendingMigrations(database.target, folder)).toEqual(one);
    await withClient(database.target, {}, (client) =>
      expect(requireMigrated(client, folder)).rejects.toMatchObject({
        code: 'database_not_migrated',
        evidence: { version: 2, latest: 3 },
      }),
    );
    expect(await migrate(database.target, folder)).toMatchObject({
      applied: ['0003_three.sql'],
      version: 3,
    });
  });

  it('refuses a file that changed, but not its line ends', async () => {
    await migrate(database.target, folder);
    write('0001_one.sql', 'CREATE TABLE one (i int);\r\n');
    expect((await migrate(database.target, folder)).applied).toEqual([]);
    write('0001_one.sql', 'CREATE TABLE one (i bigint);\n');
    await expect(migrate(database.target, folder)).rejects.toMatchObject({
      code: 'migration_changed',
      evidence: { file: join(folder, '0001_one.sql') },
    });
  });

  it('refuses a program that is older than the database', async () => {
    await migrate(database.target, folder);
    rmSync(join(folder, '0002_two.sql'));
    const expected = { code: 'database_newer', evidence: { version: 2, latest: 1 } };
    await expect(migrate(database.target, folder)).rejects.toMatchObject(expected);
    await withClient(database.target, {}, (client) =>
      expect(requireMigrated(client, folder)).rejects.toMatchObject(expected),
    );
  });

  it('keeps nothing of a file that fails, and names the line', async () => {
    write('0002_two.sql', '-- 年利率\nCREATE TABLE two (i int);\nSELECT nothing_here;\n');
    await expect(migrate(database.target, folder)).rejects.toMatchObject({
      code: 'migration_failed',
      evidence: { file: join(folder, '0002_two.sql'), line: 3, sqlstate: '42703' },
    });
    const state = await pendingMigrations(database.target, folder);
    expect(state).toEqual({ version: 1, latest: 2, pending: ['0002_two.sql'] });
  });

  it('refuses a gap in the numbers', async () => {
    write('0004_four.sql', '');
    await expect(migrate(database.target, folder)).rejects.toMatchObject({
      code: 'migration_files',
      evidence: { expected: '0003_name.sql' },
    });
  });

  it('is told apart by a command', async () => {
    await withClient(database.target, { role: 'login' }, (client) =>
      expect(requireMigrated(client)).rejects.toMatchObject({ code: 'database_not_migrated' }),
    );
  });
});

describe('the roles', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await testDatabase();
  });
  afterAll(() => database.drop());

  it('let the owner make tables, and the batch role not', async () => {
    const create = 'CREATE TABLE loanbook.made_here (i int)';
    await withClient(database.target, { role: 'owner' }, (client) => client.query(create));
    const batch = await connect(database.target);
    const denied = { code: '42501' };
    await expect(batch.query('CREATE TABLE loanbook.other (i int)')).rejects.toMatchObject(denied);
    await expect(batch.query('SELECT * FROM loanbook.made_here')).rejects.toMatchObject(denied);
    await expect(batch.query('DELETE FROM loanbook.migration')).rejects.toMatchObject(denied);
    await requireMigrated(batch);
    await batch.end();
  });

  it('cannot log in', async () => {
    const { rows } = await withClient(database.target, {}, (client) =>
      client.query(
        `SELECT rolname, rolcanlogin, rolsuper FROM pg_roles
          WHERE rolname IN ('loanbook_owner', 'loanbook_batch') ORDER BY 1`,
      ),
    );
    const plain = { rolcanlogin: false, rolsuper: false };
    expect(rows).toEqual([
      { rolname: 'loanbook_batch', ...plain },
      { rolname: 'loanbook_owner', ...plain },
    ]);
  });

  it('get the current text of a function when it is another', async () => {
    const owner = { role: 'owner' } as const;
    await withClient(database.target, owner, async (client) => {
      await client.query(`CREATE OR REPLACE FUNCTION day_table(parent text, d date) RETURNS text
        LANGUAGE sql IMMUTABLE AS $$ SELECT 'old' $$`);
      await client.query(
        `UPDATE function_file SET sha256 = 'old' WHERE name = 'functions/day.sql'`,
      );
    });
    expect(await pendingMigrations(database.target)).toMatchObject({
      pending: ['functions/day.sql'],
    });
    await withClient(database.target, {}, (client) =>
      expect(requireMigrated(client)).rejects.toMatchObject({
        code: 'database_not_migrated',
        evidence: { functions: 'functions/day.sql' },
      }),
    );
    const racers = [0, 1, 2].map(() => migrate(database.target));
    const applied = (await Promise.all(racers)).flatMap((each) => each.applied);
    expect(applied).toEqual(['functions/day.sql']);
    await withClient(database.target, {}, async (client) => {
      await requireMigrated(client);
      const { rows } = await client.query(`SELECT day_table('position', '2026-03-31') AS name`);
      expect(rows).toEqual([{ name: 'position_20260331' }]);
    });
  });

  it('are those of the template, at the newest version', async () => {
    const { version, pending } = await pendingMigrations(database.target);
    expect({ version, pending }).toEqual({ version: latestVersion(), pending: [] });
  });
});

describe('a login without rights', () => {
  let database: TestDatabase;
  const login = `loanbook_test_login_${process.pid}`;
  const asAdministrator = (sql: string) =>
    withClient(database.target, { role: 'login' }, (client) => client.query(sql));

  beforeAll(async () => {
    database = await emptyDatabase();
    await asAdministrator(`CREATE ROLE ${login} LOGIN PASSWORD 'only-for-this-test'`);
  });
  afterAll(async () => {
    await database.drop();
    const { server } = inject('database');
    await withClient(server, { role: 'login' }, (client) => client.query(`DROP ROLE ${login}`));
  });

  it('is shown a book that it may not see as one without migrations', async () => {
    const book = await testDatabase();
    const target = { ...book.target, user: login, password: 'only-for-this-test' };
    const { version, pending } = await pendingMigrations(target);
    await book.drop();
    expect([version, pending[0], pending.at(-1)]).toEqual([
      0,
      '0001_book.sql',
      'functions/run.sql',
    ]);
  });

  it('is told the statements, and needs no more than these', async () => {
    const target = { ...database.target, user: login, password: 'only-for-this-test' };
    const steps: string[] = [];
    let applied: readonly string[] | undefined;
    for (let turn = 0; turn < 3 && applied === undefined; turn += 1) {
      try {
        applied = (await migrate(target, folder)).applied;
      } catch (error) {
        expect(error).toMatchObject({ code: 'database_needs_administrator' });
        steps.push(await runStatements((error as { next: string }).next));
      }
    }
    expect(steps).toHaveLength(2);
    expect(steps[0]).toContain(`TO ${login}`);
    expect(steps[1]).toContain('CREATE SCHEMA loanbook');
    expect(applied).toEqual(['0001_one.sql', '0002_two.sql']);
  });

  /** The roles are there already: other databases of this cluster made them. */
  async function runStatements(next: string): Promise<string> {
    const lines = next.split('\n').slice(1);
    for (const sql of lines) if (!sql.startsWith('CREATE ROLE')) await asAdministrator(sql);
    return lines.join('\n');
  }
});
