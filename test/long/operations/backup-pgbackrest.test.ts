import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withClient } from '../../../src/db/connect.js';
import { migrate } from '../../../src/db/migrate.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { packageRoot } from '../../../src/package-root.js';
import { capture } from '../../commands/shell/captured-host.js';
import { generatedBook } from '../../support/book.js';
import { environmentOf } from '../../support/command-line.js';
import { type TestDatabase, testDatabase } from '../../support/database.js';
import { hasStanzaServer, StanzaServer } from './stanza-server.js';

const FIRST = '2026-03-28';
const SECOND = '2026-03-29';
const THIRD = '2026-03-30';
const CLOSE_CHILD = join(packageRoot, 'test/support/children/close-child.js');

describe.skipIf(!hasStanzaServer())('a server of its own, backed up by pgBackRest', () => {
  let server: StanzaServer;
  let target: DatabaseTarget;
  let env: Record<string, string | undefined>;
  let bookFolder: string;

  const run = (...words: readonly string[]) =>
    capture(['--quiet', '--json', '--book', bookFolder, 'backup', ...words], { env });

  async function done(...words: readonly string[]): Promise<Record<string, unknown>> {
    const { exitCode, stdout, stderr } = await run(...words);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    return JSON.parse(stdout);
  }

  async function scalar(sql: string): Promise<unknown> {
    return withClient(target, { role: 'login' }, async (client) => {
      const { rows } = await client.query(sql);
      return Object.values(rows[0] ?? {})[0];
    });
  }

  const hashOf = (day: string) =>
    scalar(
      `SELECT encode(chain_hash, 'hex') FROM loanbook.sealed_day WHERE business_date = '${day}'`,
    );

  beforeAll(async () => {
    server = new StanzaServer();
    bookFolder = join(server.root, 'book');
    target = server.target;
    env = { ...environmentOf(target), ...server.env };
    await migrate(target);
    const made = await generatedBook(target, { loans: 1000, seed: 5, start: FIRST, days: 3 });
    await made.importDay(SECOND);
    made.remove();
    await closeDays(target, { workers: 2, tasks: 8 });
  }, 300_000);

  afterAll(() => server?.remove());

  it('has a full backup first, then what differs, and both are proven', async () => {
    const first = await hashOf(FIRST);
    expect(await done('run')).toMatchObject({ kind: 'full', day: FIRST, chainHash: first });

    // A close that is half done when the second one is taken.
    const closing: ChildProcess = fork(CLOSE_CHILD, [JSON.stringify(target)], { stdio: 'ignore' });
    const ended = once(closing, 'exit');
    const folded = `SELECT count(*) FROM loanbook.step JOIN loanbook.run USING (run_id)
      WHERE business_date = '${SECOND}' AND phase = 'fold' AND step.status = 'done'`;
    while (Number(await scalar(folded)) < 2) await sleep(10);
    closing.kill('SIGSTOP');
    expect(await done('run')).toMatchObject({ kind: 'diff', day: FIRST, chainHash: first });
    closing.kill('SIGCONT');
    expect(await ended).toEqual([0, null]);

    const { backups } = (await done('list')) as { backups: { backup: string; kind: string }[] };
    expect(backups.map(({ kind }) => kind)).toEqual(['diff', 'full']);
    for (const { backup } of backups) {
      const proof = await done('verify', backup);
      expect(proof).toMatchObject({ backup, day: FIRST, chainHash: first, days: 1 });
    }
    const after = (await done('list')) as { backups: { provenAt: string | null }[] };
    expect(after.backups.every(({ provenAt }) => provenAt !== null)).toBe(true);
    expect(existsSync(join(bookFolder, 'trial'))).toBe(false);
  }, 600_000);

  it('is restored to an instant between two days', async () => {
    const second = await hashOf(SECOND);
    await sleep(50);
    const at = await scalar(`SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS')`);
    await sleep(50);
    await closeDays(target, { workers: 2, tasks: 8 });
    expect(await hashOf(THIRD)).toMatch(/^[0-9a-f]{64}$/);
    await scalar('SELECT pg_switch_wal()');
    const proof = await done('verify', '--at', `${at}Z`);
    expect(proof).toMatchObject({ day: SECOND, chainHash: second, days: 2 });
    // Nothing that a trial does goes into the archive: the next backup finds it whole.
    expect(await done('run', '--full')).toMatchObject({ kind: 'full', day: THIRD });
    const early = await run('verify', '--at', '2020-01-01T00:00:00Z');
    expect(early.exitCode).toBe(2);
    expect(JSON.parse(early.stderr).error).toMatchObject({ code: 'unknown_backup' });
  }, 600_000);

  it('refuses the stanza of another server, and says what is missing', async () => {
    const other: TestDatabase = await testDatabase();
    const made = await generatedBook(other.target, { loans: 10, seed: 1, start: FIRST, days: 1 });
    made.remove();
    const words = ['--json', '--book', bookFolder, 'backup', 'run'];
    const wrong = await capture(words, { env: { ...env, ...environmentOf(other.target) } });
    await other.drop();
    expect(wrong.exitCode).toBe(2);
    expect(JSON.parse(wrong.stderr).error.code).toBe('stanza_of_another_server');

    const none = await capture(words, { env: { ...env, LOANBOOK_PGBACKREST: 'no-pgbackrest' } });
    expect(none.exitCode).toBe(1);
    expect(JSON.parse(none.stderr).error.code).toBe('pgbackrest_missing');
    const unset = await capture(words, { env: { ...env, LOANBOOK_STANZA: 'nothing' } });
    expect(unset.exitCode).toBe(1);
    const { error } = JSON.parse(unset.stderr);
    expect(error).toMatchObject({ code: 'pgbackrest_failed', evidence: { stanza: 'nothing' } });
    expect(error.next).toContain('check');
  }, 300_000);
});
