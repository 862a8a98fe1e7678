import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../src/db/connect.js';
import {
  embeddedStatus,
  removeEmbedded,
  startEmbedded,
  stopEmbedded,
} from '../../../src/db/embedded/embedded.js';
import { migrate, requireMigrated } from '../../../src/db/migrate.js';
import { latestVersion } from '../../../src/db/migration-files.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { callProgram, installProgram } from '../../support/installed-program.js';

const START_WHEN_RUNNING_MS_MAX = 150;

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'loanbook-embedded-'));
  chmodSync(root, 0o755);
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function select(target: DatabaseTarget, sql: string): Promise<unknown> {
  return withClient(target, { role: 'login' }, async (client) => {
    const { rows } = await client.query(sql);
    return rows[0];
  });
}

describe('the embedded server', () => {
  let book: string;
  let target: DatabaseTarget;

  // Two processes race for the very first start; everything after works on what they made.
  beforeAll(async () => {
    book = join(root, 'book');
    const program = join(root, 'program');
    await installProgram(program);
    const start = () =>
      callProgram<DatabaseTarget>(program, `db.startEmbedded(${JSON.stringify(book)})`);
    const targets = await Promise.all([start(), start()]);
    expect(targets[0]).toEqual(targets[1]);
    target = targets[0];
  });
  afterAll(() => removeEmbedded(book));

  it('outlives the process that started it, and has what a ledger needs', async () => {
    const row = await select(
      target,
      `SELECT current_database() AS database, datlocale AS locale, datcollate AS collate,
              pg_encoding_to_char(encoding) AS encoding, current_setting('data_checksums') AS sums,
              current_setting('listen_addresses') AS tcp, current_setting('fsync') AS fsync,
              current_setting('full_page_writes') AS pages, current_setting('jit') AS jit,
              current_setting('max_wal_size') AS wal
         FROM pg_database WHERE datname = current_database()`,
    );
    expect(row).toEqual({
      database: 'loanbook',
      locale: 'C.UTF-8',
      collate: 'C',
      encoding: 'UTF8',
      sums: 'on',
      tcp: '',
      fsync: 'on',
      pages: 'on',
      jit: 'off',
      wal: '8GB',
    });
  });

  it('is found quickly when it runs', async () => {
    const startMs = performance.now();
    expect(await startEmbedded(book)).toEqual(target);
    expect(performance.now() - startMs).toBeLessThan(START_WHEN_RUNNING_MS_MAX);
  });

  it('takes a book in each of four databases at once, by an ordinary login', async () => {
    await select(target, 'CREATE ROLE plain LOGIN CREATEDB CREATEROLE');
    const plain = { ...target, user: 'plain' };
    const targets = ['a', 'b', 'c', 'd'].map((database) => ({ ...plain, database }));
    for (const { database } of targets) await select(plain, `CREATE DATABASE ${database}`);
    // The cluster has no roles yet, and these are shared by its databases.
    const results = await Promise.all(targets.map((each) => migrate(each)));
    for (const { applied } of results) {
      expect(applied.filter((name) => /^\d/.test(name))).toHaveLength(latestVersion());
    }
    for (const each of targets) await withClient(each, {}, (client) => requireMigrated(client));
  });

  it('starts again after it was killed, with what was committed', async () => {
    await select(target, 'CREATE TABLE public.kept AS SELECT 7 AS i');
    const { pid } = await embeddedStatus(book);
    process.kill(pid ?? 0, 'SIGKILL');
    while ((await embeddedStatus(book)).running) await sleep(5);
    expect(await startEmbedded(book)).toEqual(target);
    expect(await select(target, 'SELECT i FROM public.kept')).toEqual({ i: 7 });
  });

  it('stops once', async () => {
    expect(await stopEmbedded(book)).toBe(true);
    expect(await stopEmbedded(book)).toBe(false);
    const status = await embeddedStatus(book);
    expect(status).toMatchObject({ installed: true, running: false });
    expect(status.version).toMatch(/^18\.\d+$/);
  });

  it('shows the end of the log when it cannot start', async () => {
    const { dataFolder } = await embeddedStatus(book);
    const file = join(dataFolder, 'postgresql.auto.conf');
    const before = readFileSync(file);
    appendFileSync(file, `work_mem = 'plenty'\n`);
    await expect(startEmbedded(book)).rejects.toMatchObject({
      code: 'embedded_start_failed',
      evidence: { log: expect.stringContaining('plenty') },
    });
    writeFileSync(file, before);
  });

  it('is not stopped by a number that another process has now', async () => {
    const { dataFolder, socketFolder } = await embeddedStatus(book);
    const lines = [
      process.pid,
      dataFolder,
      1_700_000_000,
      5432,
      socketFolder ?? '',
      '',
      '',
      'ready',
    ];
    writeFileSync(join(dataFolder, 'postmaster.pid'), `${lines.join('\n')}\n`);
    writeFileSync(join(target.host, '.s.PGSQL.5432.lock'), `${process.pid}\n`);
    expect((await embeddedStatus(book)).running).toBe(false);
    expect(await startEmbedded(book)).toEqual(target);
    expect((await embeddedStatus(book)).pid).not.toBe(process.pid);
  });
});

describe('a folder', () => {
  it('may have a name too long for a socket', async () => {
    const book = join(root, '二零二四年度消费金融公司个人消费贷款账务', 'x'.repeat(60));
    const target = await startEmbedded(book);
    expect(Buffer.byteLength(target.host)).toBeLessThan(90);
    expect(await select(target, 'SELECT 1 AS i')).toEqual({ i: 1 });
    // The socket goes away when a temporary folder is cleaned; the next start heals that.
    rmSync(target.host, { recursive: true });
    expect(await startEmbedded(book)).toEqual(target);
    expect(await select(target, 'SELECT 1 AS i')).toEqual({ i: 1 });
    await removeEmbedded(book);
    expect(await embeddedStatus(book)).toMatchObject({ installed: false, running: false });
  });

  it('may not have a name that a shell would read', async () => {
    const start = startEmbedded(join(root, '$HOME'));
    await expect(start).rejects.toMatchObject({ code: 'book_folder_name' });
  });
});
