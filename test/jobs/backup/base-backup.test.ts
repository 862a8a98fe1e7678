import { fork, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
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
} from '../../../src/db/embedded/embedded.js';
import { isRoot } from '../../../src/db/embedded/embedded-account.js';
import { migrate } from '../../../src/db/migrate.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import type { Manifest } from '../../../src/jobs/backup/documents/manifest.js';
import { takeBase } from '../../../src/jobs/backup/take-base.js';
import { closeDays } from '../../../src/jobs/eod/run/close-days.js';
import { packageRoot } from '../../../src/package-root.js';
import { capture } from '../../commands/shell/captured-host.js';
import { generatedBook } from '../../support/book.js';
import { startCli } from '../../support/cli-process.js';
import { result } from '../../support/frozen-book.js';

const FIRST = '2026-03-28';
const OPEN = '2026-03-29';
const CLOSE_CHILD = join(packageRoot, 'test/support/children/close-child.js');
const { signal } = new AbortController();

let root: string;
let bookFolder: string;
let store: string;
let target: DatabaseTarget;
/** Taken while a close was under way. */
let manifest: Manifest;

const run = (words: readonly string[], book = bookFolder) =>
  capture(['--quiet', '--json', '--book', book, ...words]);
const folderOf = (backup: string) => join(store, backup);
const children: string[] = [];
const bookAt = (name: string) => {
  const folder = join(root, name);
  children.push(folder);
  return folder;
};

async function select<Row>(at: DatabaseTarget, sql: string): Promise<Row[]> {
  return withClient(at, { role: 'login' }, async (client) => {
    const { rows } = await client.query(`SELECT * FROM (${sql}) x`);
    return rows as Row[];
  });
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let look = 0; !(await holds()); look += 1) {
    if (look > 1000) throw new Error('it never holds');
    await sleep(10);
  }
}

const stepsDone = async (at: DatabaseTarget) => {
  const [row] = await select<{ n: number }>(
    at,
    `SELECT count(*) AS n FROM step s JOIN run r USING (run_id)
     WHERE r.business_date = '${OPEN}' AND s.phase = 'fold' AND s.status = 'done'`,
  );
  return row!.n;
};

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'loanbook-backup-'));
  // Open to the server's user when root runs the tests.
  chmodSync(root, 0o755);
  bookFolder = bookAt('book');
  store = join(root, 'backups');
  target = await startEmbedded(bookFolder);
  await migrate(target);
  const made = await generatedBook(target, { loans: 1500, seed: 3, start: FIRST, days: 2 });
  await made.importDay(OPEN);
  made.remove();
  await closeDays(target, { workers: 2, tasks: 8 });
}, 120_000);

afterAll(async () => {
  for (const folder of children) if (existsSync(folder)) await removeEmbedded(folder);
  rmSync(root, { recursive: true, force: true });
});

describe('a backup that is taken while a close goes on', () => {
  it('is restored elsewhere, and the close is gone on with there to the same hashes', async () => {
    const closing = fork(CLOSE_CHILD, [JSON.stringify(target)], { stdio: 'ignore' });
    const ended = once(closing, 'exit');
    await until(async () => (await stepsDone(target)) >= 2);
    closing.kill('SIGSTOP');
    let pieces = 0;
    // It folds on while the first files are copied.
    const onBytes = () => {
      pieces += 1;
      if (pieces === 1) closing.kill('SIGCONT');
      if (pieces === 100) closing.kill('SIGSTOP');
    };
    manifest = await takeBase({ bookFolder, store, signal, onBytes });
    closing.kill('SIGCONT');
    expect(await ended).toEqual([0, null]);

    const other = bookAt('other');
    const { exitCode, stdout, stderr } = await run(
      ['backup', 'restore', folderOf(manifest.backup)],
      other,
    );
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    const [first] = await select<{ hash: string }>(
      target,
      `SELECT encode(chain_hash, 'hex') AS hash FROM sealed_day WHERE business_date = '${FIRST}'`,
    );
    expect(JSON.parse(stdout)).toMatchObject({ day: FIRST, chainHash: first!.hash });
    expect(manifest.book).toMatchObject({ sealedDay: FIRST, chainHash: first!.hash });

    const restored = await startEmbedded(other);
    const done = await stepsDone(restored);
    expect(done).toBeGreaterThanOrEqual(2);
    expect(done).toBeLessThan(32);
    await closeDays(restored, { workers: 2 });
    const hashes = 'SELECT business_date, content_hash, chain_hash FROM sealed_day ORDER BY 1';
    expect(await select(restored, hashes)).toEqual(await select(target, hashes));
    expect(await result(restored)).toEqual(await result(target));
    await removeEmbedded(other);
  }, 120_000);

  it('is its owner’s alone, and says what is in it', async () => {
    const names = readdirSync(folderOf(manifest.backup), { recursive: true, encoding: 'utf8' });
    const modes = new Set(
      names.map((name) => {
        const found = lstatSync(join(folderOf(manifest.backup), name));
        return `${found.isDirectory() ? 'folder' : 'file'} ${(found.mode & 0o777).toString(8)}`;
      }),
    );
    expect([...modes].sort()).toEqual(['file 600', 'folder 700']);
    const sum = spawnSync('sha256sum', ['-c', 'manifest.json.sha256'], {
      cwd: folderOf(manifest.backup),
    });
    expect(sum.status).toBe(0);
    const data = names.filter((name) => name.startsWith('data/'));
    const files = data.filter((name) => lstatSync(join(folderOf(manifest.backup), name)).isFile());
    expect(files.sort()).toEqual(manifest.files.map(({ path }) => `data/${path}`).sort());
    expect(files).not.toContain('data/postmaster.pid');
    const [server] = await select<{ system: string }>(
      target,
      'SELECT system_identifier::text AS system FROM pg_control_system()',
    );
    expect(manifest.book).toMatchObject({ entity: 'Test', system: server!.system, keys: [] });
  });

  it('is proven beside the book, and that is kept', async () => {
    const verified = await run(['backup', 'verify', '--in', store]);
    expect(verified).toMatchObject({ exitCode: 0, stderr: '' });
    const { provenAt, ...proof } = JSON.parse(verified.stdout);
    // The copy is of the moment when the backup ended: its close was not yet sealed.
    expect(proof).toMatchObject({
      backup: manifest.backup,
      outcome: 'proven',
      days: 1,
      day: FIRST,
    });
    const { stdout } = await run(['backup', 'list', '--in', store]);
    expect(JSON.parse(stdout)).toMatchObject({
      lastTakenAt: manifest.takenAt,
      lastProvenAt: provenAt,
      backups: [{ backup: manifest.backup, kind: 'base', day: FIRST, provenAt }],
    });
    expect(existsSync(join(bookFolder, 'trial'))).toBe(false);
  }, 60_000);

  it('is not put over a book that is there', async () => {
    const { exitCode, stderr } = await run(['backup', 'restore', folderOf(manifest.backup)]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'book_is_there' });
  });
});

describe('a damaged backup', () => {
  const at = (path: string) => join(folderOf(manifest.backup), path);
  const big = () => manifest.files.reduce((max, file) => (file.bytes > max.bytes ? file : max));

  /** Runs `fn` while the file is another one; undefined: not there. */
  async function changed(file: string, to: Buffer | undefined, fn: () => Promise<void>) {
    const before = readFileSync(file);
    if (to === undefined) rmSync(file);
    else writeFileSync(file, to);
    try {
      await fn();
    } finally {
      writeFileSync(file, before, { mode: 0o600 });
    }
  }

  async function refused(words: readonly string[], book: string) {
    const { exitCode, stderr } = await run(words, book);
    expect(exitCode).toBe(3);
    const { error } = JSON.parse(stderr);
    expect(error).toMatchObject({ code: 'backup_damaged' });
    expect(error.next).toContain('backup list');
    return error.evidence as Record<string, unknown>;
  }

  it('of which a byte is another is refused by file and rule, and is proven no longer', async () => {
    const file = at(`data/${big().path}`);
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1]! ^= 1;
    await changed(file, bytes, async () => {
      const words = ['backup', 'verify', manifest.backup, '--in', store];
      const evidence = await refused(words, bookFolder);
      expect(evidence).toMatchObject({ file, rule: 'its SHA-256', expected: big().sha256 });
    });
    const { stdout } = await run(['backup', 'list', '--in', store]);
    expect(JSON.parse(stdout).backups).toMatchObject([{ provenAt: null }]);
  }, 60_000);

  it('of which a file is missing or cut is not restored, and leaves no book', async () => {
    const none = bookAt('none');
    const file = at('data/global/pg_control');
    const words = ['backup', 'restore', folderOf(manifest.backup)];
    await changed(file, undefined, async () => {
      expect(await refused(words, none)).toMatchObject({ file, actual: 'ENOENT' });
    });
    await changed(file, readFileSync(file).subarray(1), async () => {
      const evidence = await refused(words, none);
      expect(evidence).toMatchObject({ file, rule: 'its length', expected: 8192, actual: 8191 });
    });
    expect((await embeddedStatus(none)).installed).toBe(false);
    expect(readdirSync(none)).toEqual([]);
  }, 60_000);

  it('whose manifest is another one is listed as damaged, and leads nowhere', async () => {
    const file = at('manifest.json');
    const text = readFileSync(file, 'utf8');
    const other = Buffer.from(text.replace('"path": "PG_VERSION"', '"path": "../../escaped"'));
    await changed(file, other, async () => {
      const { stdout } = await run(['backup', 'list', '--in', store]);
      expect(JSON.parse(stdout)).toMatchObject({ backups: [{ kind: 'damaged', day: null }] });
      const words = ['backup', 'verify', '--in', store];
      expect(await refused(words, bookFolder)).toMatchObject({
        file,
        rule: 'the SHA-256 beside it',
      });
      const sum = createHash('sha256').update(other).digest('hex');
      await changed(at('manifest.json.sha256'), Buffer.from(sum), async () => {
        const { exitCode, stderr } = await run(words);
        expect(exitCode).toBe(2);
        expect(JSON.parse(stderr).error.evidence).toMatchObject({
          rule: 'must be a path below the data folder',
          value: '../../escaped',
        });
      });
    });
  }, 60_000);
});

describe('a backup that does not come about', () => {
  const hidden = (folder: string) => readdirSync(folder).filter((name) => name !== 'backup.lock');

  it('because it was killed is none, and the next one takes its rest away', async () => {
    const folder = join(root, 'killed');
    const words = ['--book', bookFolder, 'backup', 'run', '--to', folder];
    const { child, ended } = startCli(words, {});
    const hasPart = () => hidden(folder).some((name) => name.endsWith('.part'));
    await until(() => existsSync(folder) && hasPart());
    child.kill('SIGKILL');
    await ended;
    expect(hidden(folder)).toEqual([expect.stringMatching(/^\..*\.part$/)]);
    const listed = await run(['backup', 'list', '--in', folder]);
    expect(JSON.parse(listed.stdout)).toMatchObject({ backups: [], lastTakenAt: null });
    const none = await run(['backup', 'verify', '--in', folder]);
    expect(none.exitCode).toBe(2);

    const again = await run(['backup', 'run', '--to', folder]);
    expect(again).toMatchObject({ exitCode: 0, stderr: '' });
    expect(hidden(folder)).toEqual([JSON.parse(again.stdout).backup]);
    await until(
      async () => (await select(target, 'SELECT slot_name FROM pg_replication_slots')).length === 0,
    );
    rmSync(folder, { recursive: true });
  }, 60_000);

  it('because it was stopped leaves nothing', async () => {
    const folder = join(root, 'stopped');
    const stop = new AbortController();
    const words = ['--quiet', '--book', bookFolder, 'backup', 'run', '--to', folder];
    const running = capture(words, { signal: stop.signal });
    await until(() => existsSync(folder) && hidden(folder).length > 0);
    stop.abort();
    expect(await running).toMatchObject({ exitCode: 130 });
    expect(hidden(folder)).toEqual([]);
    const none = ['--book', bookAt('not'), 'backup', 'restore', folderOf(manifest.backup)];
    expect(await capture(none, { signal: stop.signal })).toMatchObject({ exitCode: 130 });
    expect(existsSync(join(root, 'not'))).toBe(false);
  });

  it('because it would lie among the data is refused', async () => {
    const { dataFolder } = await embeddedStatus(bookFolder);
    const { exitCode, stderr } = await run(['backup', 'run', '--to', join(dataFolder, 'base/b')]);
    expect(exitCode).toBe(2);
    expect(JSON.parse(stderr).error).toMatchObject({ code: 'backup_in_data' });
    expect(existsSync(join(dataFolder, 'base/b'))).toBe(false);
  });

  /** Writes until the disk is full. */
  function fill(file: string): void {
    const piece = Buffer.alloc(1 << 20);
    try {
      for (;;) appendFileSync(file, piece);
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    }
  }

  const canMount = process.platform === 'linux' && isRoot();
  it.skipIf(!canMount)(
    'because the disk is too small, or gets full, leaves nothing',
    async () => {
      const folder = join(root, 'small');
      mkdirSync(folder);
      const mount = (size: string) =>
        spawnSync('mount', ['-t', 'tmpfs', '-o', size, 'tmpfs', folder]);
      const refusedWith = { code: 'backup_no_space', exitCode: 1 };
      try {
        expect(mount('size=8m').status).toBe(0);
        const early = takeBase({ bookFolder, store: folder, signal });
        const evidence = { folder, free: expect.any(Number), needed: expect.any(Number) };
        await expect(early).rejects.toMatchObject({ ...refusedWith, evidence });
        expect(hidden(folder)).toEqual([]);
        spawnSync('umount', ['--lazy', folder]);

        expect(mount('size=256m').status).toBe(0);
        let isFull = false;
        const onBytes = () => {
          if (!isFull) fill(join(folder, 'full'));
          isFull = true;
        };
        const late = takeBase({ bookFolder, store: folder, signal, onBytes });
        await expect(late).rejects.toMatchObject({
          ...refusedWith,
          evidence: { reason: 'ENOSPC' },
        });
        expect(hidden(folder)).toEqual(['full']);
      } finally {
        spawnSync('umount', ['--lazy', folder]);
      }
    },
    60_000,
  );
});
