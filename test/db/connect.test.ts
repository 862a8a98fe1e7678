import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connect,
  externalTarget,
  inTransaction,
  retrying,
  sqlStateOf,
  withClient,
} from '../../src/db/connect.js';
import { LoanbookError } from '../../src/errors.js';
import { type TestDatabase, testDatabase } from '../support/database.js';

let database: TestDatabase;
beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.drop());

describe('the address', () => {
  const user = { user: 'ann', password: undefined };
  it.each([
    ['nothing set', {}, undefined],
    [
      'a full URL',
      {
        DATABASE_URL: 'postgres://ann:p%40ss@db.example:6000/book?sslmode=verify-full',
        PGHOST: 'x',
      },
      {
        host: 'db.example',
        port: 6000,
        user: 'ann',
        password: 'p@ss',
        database: 'book',
        ssl: true,
      },
    ],
    [
      'a socket in the query',
      { DATABASE_URL: 'postgresql://ann@/book?host=/run/pg', PGPORT: '6001' },
      { ...user, host: '/run/pg', port: 6001, database: 'book', ssl: false },
    ],
    [
      'a socket as the host',
      { DATABASE_URL: 'postgres://ann@%2Frun%2Fpg/book' },
      { ...user, host: '/run/pg', port: 5432, database: 'book', ssl: false },
    ],
    [
      'an IPv6 host without database',
      { DATABASE_URL: 'postgres://ann@[::1]' },
      { ...user, host: '::1', port: 5432, database: 'ann', ssl: false },
    ],
    [
      'variables',
      { PGHOST: 'h', PGUSER: 'ann', PGDATABASE: 'book', PGPORT: '7', PGSSLMODE: 'prefer' },
      { ...user, host: 'h', port: 7, database: 'book', ssl: false },
    ],
  ])('reads %s', (_name, env, expected) => {
    expect(externalTarget(env)).toEqual(expected);
  });

  it.each([
    'mysql://ann:secret@h/b',
    'not a url secret',
    'postgres://a:secret%@h/b',
    'postgres://a:secret@h/b?sslmode=odd',
  ])('refuses %s without showing the password', (url) => {
    const error = caught(() => externalTarget({ DATABASE_URL: url }));
    expect(error).toMatchObject({ code: 'database_url_invalid' });
    expect(shown(error)).not.toContain('secret');
  });
});

describe('a session', () => {
  it('acts as the batch role, in UTC, in the schema of the book', async () => {
    const row = await one(
      `SELECT current_user AS who, current_setting('search_path') AS path,
              current_setting('TimeZone') AS zone, current_setting('work_mem') AS mem,
              current_setting('application_name') AS app`,
      { applicationName: 'a close', settings: { work_mem: '17MB' } },
    );
    expect(row).toEqual({
      who: 'loanbook_batch',
      path: 'loanbook',
      zone: 'UTC',
      mem: '17MB',
      app: 'a close',
    });
  });

  it.each([
    ['owner', 'loanbook_owner'],
    ['login', undefined],
  ] as const)('acts as the %s when asked', async (role, expected) => {
    const row = await one('SELECT current_user AS who', { role });
    expect(row.who).toBe(expected ?? database.target.user);
  });

  it('has no statement compiled, whatever the database says', async () => {
    const owner = await connect(database.target, { role: 'login' });
    const { rows } = await owner.query<{ name: string }>('SELECT current_database() AS name');
    await owner.query(`ALTER DATABASE ${rows[0]!.name} SET jit = on`);
    await owner.end();
    expect(await one(`SELECT current_setting('jit') AS jit`, {})).toEqual({ jit: 'off' });
  });

  it('carries settings with spaces and backslashes', async () => {
    const settings = { 'loanbook.note': 'a \\ b' };
    const row = await one(`SELECT current_setting('loanbook.note') AS note`, { settings });
    expect(row.note).toBe('a \\ b');
  });

  it('reads int8 as number, dates and numerics as text, alone and in arrays', async () => {
    const row = await one(
      `SELECT 9007199254740991::int8 AS i, '{1,NULL,-2}'::int8[] AS ia, count(*) AS n,
              '2024-02-29'::date AS d, '{2024-02-29}'::date[] AS da,
              1.10::numeric AS m, '{1.10}'::numeric[] AS ma`,
    );
    expect(row).toEqual({
      i: 9007199254740991,
      ia: [1, null, -2],
      n: 1,
      d: '2024-02-29',
      da: ['2024-02-29'],
      m: '1.10',
      ma: ['1.10'],
    });
  });

  it('refuses an int8 that a number cannot hold, and goes on', async () => {
    await withClient(database.target, {}, async (client) => {
      const query = client.query('SELECT 9007199254740993::int8 AS i');
      await expect(query).rejects.toMatchObject({ code: 'int8_out_of_range' });
      await expect(client.query('SELECT 1 AS i')).resolves.toMatchObject({ rows: [{ i: 1 }] });
    });
  });

  it('survives the end of its backend between two queries', async () => {
    const client = await connect(database.target);
    const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
    const gone = new Promise<void>((resolve) => client.once('end', () => resolve()));
    await withClient(database.target, { role: 'login' }, (other) =>
      other.query('SELECT pg_terminate_backend($1)', [rows[0]?.pid]),
    );
    await gone;
    await expect(client.query('SELECT 1')).rejects.toThrow();
  });
});

describe('a server that does not answer', () => {
  it.each([
    ['a closed port', { host: '127.0.0.1', port: 1 }, 'ECONNREFUSED'],
    ['no socket', { host: '/nonexistent', port: 5432 }, 'ENOENT'],
    ['no such database', { database: 'not_there' }, '3D000'],
  ])('is named with its evidence: %s', async (_name, change, sqlstate) => {
    const target = { ...database.target, password: 'secret', ...change };
    const error = await connect(target, { role: 'login' }).catch((thrown) => thrown);
    expect(error).toMatchObject({
      code: 'database_unreachable',
      evidence: { ...change, sqlstate },
    });
    expect(error.next).toBeTruthy();
    expect(shown(error)).not.toContain('secret');
  });
});

describe('a transaction', () => {
  it('keeps what succeeds, and nothing of what throws', async () => {
    await withClient(database.target, {}, async (client) => {
      await client.query('CREATE TEMP TABLE t (i int)');
      await inTransaction(client, () => client.query('INSERT INTO t VALUES (1)'));
      const failing = inTransaction(client, async () => {
        await client.query('INSERT INTO t VALUES (2)');
        throw new Error('mine');
      });
      await expect(failing).rejects.toThrow('mine');
      const { rows } = await client.query('SELECT i FROM t');
      expect(rows).toEqual([{ i: 1 }]);
    });
  });

  it('does not call a rollback a commit', async () => {
    await withClient(database.target, {}, async (client) => {
      const hiding = inTransaction(client, async () => {
        await client.query('SELECT 1/0').catch(() => undefined);
      });
      await expect(hiding).rejects.toMatchObject({ code: 'transaction_rolled_back' });
    });
  });
});

describe('retrying', () => {
  const failure = (code: string) => Object.assign(new Error(code), { code });

  it.each([
    ['40001', 3],
    ['40P01', 3],
    ['23505', 1],
    ['57014', 1],
  ])('%s: %i calls at most', async (code, calls) => {
    let seen = 0;
    const result = retrying(
      async () => {
        seen += 1;
        throw new LoanbookError('outer', 'outer', { cause: failure(code) });
      },
      { attemptsMax: 3, delayMsMax: 1 },
    );
    await expect(result).rejects.toSatisfy((error) => sqlStateOf(error) === code);
    expect(seen).toBe(calls);
  });

  it('gives the result of the attempt that succeeds', async () => {
    const attempt = retrying(
      async (number) => {
        if (number < 3) throw failure('55P03');
        return number;
      },
      { delayMsMax: 1 },
    );
    await expect(attempt).resolves.toBe(3);
  });
});

async function one(sql: string, options = {}): Promise<Record<string, unknown>> {
  return withClient(database.target, options, async (client) => {
    const { rows } = await client.query<Record<string, unknown>>(sql);
    return rows[0] ?? {};
  });
}

function caught(fn: () => unknown): unknown {
  try {
    return fn();
  } catch (error) {
    return error;
  }
}

function shown(error: unknown): string {
  if (!(error instanceof LoanbookError)) throw error;
  return JSON.stringify([error.message, error.evidence, error.next]);
}
