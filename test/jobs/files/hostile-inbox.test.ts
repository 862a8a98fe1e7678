import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { keptFiles } from '../../../src/jobs/files/register.js';
import { endTakenFile, takeReadyFile } from '../../../src/jobs/files/take-file.js';
import { type FilesBook, filesBook } from './files-book.js';

const REPAY = { file: 'repayments', name: 'r-{yyyymmdd}-{n}.csv' };
const BANK = { file: 'bank', name: 'b-{yyyymmdd}{n}.txt', control: '.ok' };
const ONE = 'r-20260331-1.csv';
/** Of nobody, by their check digits a phone and two cards. */
const PHONE = '13800138000';
const CARDS = ['6222020000000041111', '6222020000000121111'] as const;

let book: FilesBook;
afterEach(() => book?.remove());

const inbox = (name: string) => join(book.folders.inbox, name);
const put = (name: string, text: string) => writeFileSync(inbox(name), text);
const here = () => keptFiles(book.client, 'true');
const idOf = async (state: string) => (await here()).find((row) => row.state === state)!.id;
const take = (id: number) => takeReadyFile(book.client, book.inForce, id);
const text = async (table: string) => {
  const { rows } = await book.client.query(`SELECT t::text AS text FROM ${table} t`);
  return rows.map((row: { text: string }) => row.text).join('\n');
};

/** Does it as a user who may do nothing that is not said: an administrator may do all. */
async function asNobody<T>(fn: () => Promise<T>): Promise<T> {
  const isRoot = process.getuid?.() === 0;
  chmodSync(book.home, 0o755);
  chmodSync(book.folders.work, 0o777);
  if (isRoot) process.seteuid?.(65_534);
  try {
    return await fn();
  } finally {
    if (isRoot) process.seteuid?.(0);
  }
}

describe('a name with a number of a person', () => {
  it('fits its rule, is kept masked, and is taken once', async () => {
    book = await filesBook(REPAY);
    const name = `r-20260331-${PHONE}.csv`;
    put(name, 'a');
    put(`客户 ${CARDS[0]}.csv`, 'x');
    await book.look(0);
    expect(await book.look(60)).toMatchObject({ states: { ready: 1, unexpected: 1 } });
    const taken = await take(await idOf('ready'));
    expect(taken.name).toMatch(/^r-20260331-138\*{6}00\.csv#[0-9a-f]{10}$/);
    expect(readFileSync(taken.path, 'utf8')).toBe('a');
    await endTakenFile(book.client, taken.id, 'done', 'import 1');
    put(name, 'b');
    await book.look(70);
    await book.look(130);
    expect(await book.states()).toContain(`${taken.name} quarantined name_reused`);
    put(name, 'a');
    await book.look(131);
    rmSync(inbox(name));
    await book.look(200);
    expect((await here()).map(({ state }) => state).sort()).toEqual(['done', 'gone', 'unexpected']);
    expect(await text('inbox_file')).not.toMatch(new RegExp(`${PHONE}|${CARDS[0]}`));
  });

  it('is told from others that are masked alike, and from what only looks like one', async () => {
    book = await filesBook(REPAY);
    for (const [at, number] of CARDS.entries()) put(`r-20260331-${number}.csv`, `${at}`);
    await book.look(0);
    await book.look(60);
    const names = (await here()).map(({ name }) => name);
    expect(new Set(names.map((name) => name.split('#')[0])).size).toBe(1);
    expect(await book.look(61)).toMatchObject({ hashed: 0, changed: [], states: { ready: 2 } });
    // Somebody gives a file the very name under which another one is kept.
    rmSync(inbox(`r-20260331-${CARDS[0]}.csv`));
    put(names[0]!, 'mine');
    put(names[1]!, 'mine');
    await book.look(62);
    expect((await here()).map(({ state }) => state).sort()).toEqual(
      ['gone', 'ready', 'unexpected', 'unexpected'].sort(),
    );
    const taken = await take(await idOf('ready'));
    expect(readFileSync(taken.path, 'utf8')).toBe('1');
  });

  it('is found again where its taking was killed, its control file too', async () => {
    book = await filesBook(BANK);
    // 14 digits whose last one is right for a card: a day and a number, as partners write them.
    const name = 'b-20260331000006.txt';
    put(name, 'a');
    put(`${name}.ok`, '');
    await book.look(0);
    await book.look(60);
    const [row] = await here();
    expect(row).toMatchObject({ state: 'ready', name: expect.stringContaining('*') });
    await book.client.query('SELECT take_file($1, $2, now())', [row!.id, row!.sha256]);
    expect(await book.look(61)).toMatchObject({ files: 0, finished: [row!.name] });
    const { path } = await take(row!.id);
    expect(readdirSync(join(book.folders.work, row!.sha256!))).toEqual([
      row!.name,
      `${row!.name}.ok`,
    ]);
    expect(readFileSync(path, 'utf8')).toBe('a');
  });

  it('is marked by a secret that is the owner’s alone, and follows no link', async () => {
    book = await filesBook(REPAY);
    put(`r-20260331-${PHONE}.csv`, 'a');
    const secret = join(book.folders.work, '.loanbook-names');
    symlinkSync(join(book.home, 'elsewhere'), secret);
    await expect(book.look(0)).rejects.toMatchObject({ code: 'folder_unusable' });
    rmSync(secret);
    await book.look(0);
    expect(statSync(secret).mode & 0o777).toBe(0o600);
    writeFileSync(secret, '');
    await expect(book.look(1)).rejects.toMatchObject({ code: 'names_secret_broken' });
  });
});

describe('an inbox that changes under a look', () => {
  it('is refused where it disappears in the middle, and no row is changed', async () => {
    book = await filesBook(REPAY);
    put(ONE, 'a');
    await book.look(0);
    for (let n = 0; n < 3000; n += 1) put(`x${n}`, '');
    const looking = book.look(60);
    const judged = looking.then(
      () => 'kept',
      ({ code }) => code as string,
    );
    const gone = join(book.home, 'gone');
    // The look gives others their turn while it reads: by then some of the files are seen.
    while (!(await isReading())) await breathe();
    renameSync(book.folders.inbox, gone);
    expect(await judged).toBe('folder_unusable');
    expect(await book.states()).toEqual([`${ONE} growing`]);
    renameSync(gone, book.folders.inbox);
    expect(await book.look(61)).toMatchObject({ files: 3001, states: { ready: 1 } });
  });

  /** Whether this process has the inbox open. */
  async function isReading(): Promise<boolean> {
    return readdirSync('/proc/self/fd').some((fd) => {
      try {
        return statSync(`/proc/self/fd/${fd}`).ino === statSync(book.folders.inbox).ino;
      } catch {
        return false;
      }
    });
  }

  it('is read on where one file may not be read, which is named', async () => {
    book = await filesBook(REPAY, { ...BANK, settle: '0s' });
    put(ONE, 'a');
    put('r-20260331-2.csv', 'b');
    put('b-202603311.txt', 'c');
    put('b-202603311.txt.ok', '');
    for (const name of [ONE, 'b-202603311.txt.ok']) chmodSync(inbox(name), 0);
    chmodSync(book.folders.inbox, 0o755);
    await book.look(0);
    const look = await asNobody(() => book.look(60));
    expect(look).toMatchObject({
      states: { growing: 1, ready: 1, waiting_control: 1 },
      others: [{ name: ONE, is: 'not to be read by this user' }],
      unreadableControls: ['b-202603311.txt.ok'],
    });
    chmodSync(inbox(ONE), 0o644);
    await book.look(120);
    expect(await book.look(180)).toMatchObject({ states: { ready: 3 }, others: [] });
  });

  it('is left to the next look behind a rename that is not known to be on the disk', async () => {
    book = await filesBook(REPAY);
    put(ONE, 'a');
    await book.look(0);
    await book.look(60);
    const id = await idOf('ready');
    // May be written to and not listed: the rename works, the folder cannot be opened behind it.
    chmodSync(book.folders.inbox, 0o333);
    await expect(asNobody(() => take(id))).rejects.toMatchObject({ code: 'folder_unusable' });
    expect(existsSync(inbox(ONE))).toBe(false);
    expect(await book.states()).toEqual([`${ONE} taken`]);
    chmodSync(book.folders.inbox, 0o700);
    expect(await book.look(61)).toMatchObject({ finished: [ONE] });
    expect(readFileSync((await take(id)).path, 'utf8')).toBe('a');
  });
});

describe('folders that lead elsewhere', () => {
  it('take no file through a link in the work folder', async () => {
    book = await filesBook(REPAY);
    put(ONE, 'a');
    await book.look(0);
    await book.look(60);
    const [row] = await here();
    const elsewhere = join(book.home, 'elsewhere');
    mkdirSync(elsewhere);
    symlinkSync(elsewhere, join(book.folders.work, row!.sha256!));
    await expect(take(row!.id)).rejects.toMatchObject({
      code: 'folder_unusable',
      evidence: { folder: 'work', reason: 'it is a symbolic link' },
    });
    expect(readdirSync(elsewhere)).toEqual([]);
    expect(await book.look(61)).toMatchObject({ states: { ready: 1 } });
  });
});

const isMounted = canMount();

describe.skipIf(!isMounted)('a file system that turns read-only', () => {
  const mount = (...options: string[]) => execFileSync('mount', [...options, book.home]);
  afterEach(() => execFileSync('umount', ['-l', book.home]));

  it('is looked at, and nothing is taken from it', async () => {
    book = await filesBook(REPAY);
    mount('-t', 'tmpfs', 'none');
    for (const folder of Object.values(book.folders)) mkdirSync(folder);
    put(ONE, 'a');
    await book.look(0);
    await book.look(60);
    const id = await idOf('ready');
    mount('-o', 'remount,ro');
    await expect(take(id)).rejects.toMatchObject({
      code: 'folder_unusable',
      exitCode: 1,
      evidence: { code: 'EROFS', reason: 'it is read-only' },
    });
    expect(await book.look(61)).toMatchObject({ states: { ready: 1 }, hashed: 0 });
    mount('-o', 'remount,rw');
    expect(readFileSync((await take(id)).path, 'utf8')).toBe('a');
  });
});

function canMount(): boolean {
  const place = '/tmp/loanbook-mount-trial';
  mkdirSync(place, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', 'none', place], { stdio: 'ignore' });
    execFileSync('umount', [place]);
    return true;
  } catch {
    console.warn('file systems cannot be mounted here: the test of one is skipped');
    return false;
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}
