import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { keptFiles } from '../../../src/jobs/files/register.js';
import { scanInbox } from '../../../src/jobs/files/scan-inbox.js';
import { endTakenFile, takeReadyFile } from '../../../src/jobs/files/take-file.js';
import { BY, type FilesBook, filesBook } from './files-book.js';

const REPAY = { file: 'repayments', name: 'r-{yyyymmdd}-{n}.csv' };
const BANK = { file: 'bank', name: 'b-{date}.txt', control: '.ok', settle: '0s' };
const ONE = 'r-20260331-1.csv';
const TWO = 'r-20260331-2.csv';

let book: FilesBook;
afterEach(() => book?.remove());

const inbox = (name: string | Buffer) =>
  typeof name === 'string'
    ? join(book.folders.inbox, name)
    : Buffer.concat([Buffer.from(`${book.folders.inbox}/`), name]);
const put = (name: string | Buffer, text: string) => writeFileSync(inbox(name), text);
const idOf = async (name: string) => (await keptFiles(book.client, 'f.name = $1', [name]))[0]!.id;

describe('a look at the inbox', () => {
  it('waits until a file has settled, and reads what is new or changed alone', async () => {
    book = await filesBook(REPAY);
    put(ONE, 'a');
    put('none.csv', 'x');
    put('.hidden', 'x');
    put(`${TWO}.part`, 'x');
    expect(await book.look(0)).toMatchObject({ hashed: 0, states: { growing: 1, unexpected: 1 } });
    expect(await book.look(59)).toMatchObject({ hashed: 0 });
    expect(await book.look(60)).toMatchObject({ hashed: 1, states: { ready: 1 } });
    expect(await book.look(61)).toMatchObject({ hashed: 0, changed: [] });
    put(TWO, 'a');
    await book.look(62);
    expect(await book.look(122)).toMatchObject({ hashed: 1, states: { duplicate: 1, ready: 1 } });
    expect(await book.states()).toEqual([
      'none.csv unexpected',
      `${ONE} ready`,
      `${TWO} duplicate ${ONE}`,
    ]);
  });

  it('sees content that was changed though its size and time were set back', async () => {
    book = await filesBook(REPAY);
    put(ONE, 'a');
    utimesSync(inbox(ONE), 1000, 1000);
    await book.look(0);
    await book.look(60);
    put(ONE, 'b');
    utimesSync(inbox(ONE), 1000, 1000);
    expect(await book.look(61)).toMatchObject({ states: { growing: 1 } });
    await book.look(121);
    expect(await book.states()).toEqual([`${ONE} quarantined changed_after_ready`]);
  });

  it('reads what control files say, and waits for one that is half of one', async () => {
    book = await filesBook(BANK);
    const name = 'b-2026-03-31.txt';
    const control = `${name}.ok`;
    put(control, '');
    expect(await book.look(0)).toMatchObject({ states: { lone_control: 1 } });
    put(name, '12345');
    put(control, 'size=5');
    await book.look(1);
    expect(await book.look(2)).toMatchObject({
      states: { waiting_control: 1 },
      unreadableControls: [control],
    });
    put(control, 'size=50\n');
    expect(await book.look(3)).toMatchObject({ states: { growing: 1 } });
    put(control, 'size=5\n');
    expect(await book.look(4)).toMatchObject({ states: { ready: 1 } });
    put(control, `${'0'.repeat(64)}  ${name}\n`);
    await book.look(5);
    expect(await book.states()).toEqual([`${name} quarantined control_differs`]);
  });

  it('holds what is held until there is no rule for it', async () => {
    book = await filesBook(REPAY);
    put(ONE, 'a');
    await book.look(0);
    await book.look(60);
    put(ONE, 'bb');
    await book.look(61);
    await book.look(121);
    expect(await book.states()).toEqual([`${ONE} quarantined changed_after_ready`]);
    const now = BY + 122_000;
    await scanInbox(book.client, { ...book.inForce, rules: [] }, { now });
    expect(await book.states()).toEqual([`${ONE} unexpected`]);
    await book.look(123);
    await book.look(183);
    expect(await book.states()).toEqual([`${ONE} quarantined changed_after_ready`]);
  });

  it('tells what is missing by the zone and the calendar of the book', async () => {
    book = await filesBook({ ...REPAY, by: '06:00', on: { working: true } });
    expect(await book.look(-1)).toMatchObject({ missing: [] });
    expect(await book.look(0)).toMatchObject({ missing: [{ file: 'repayments' }] });
  });

  it('follows no link and opens no pipe, and shows any name in one line', async () => {
    book = await filesBook(REPAY);
    writeFileSync(join(book.home, 'elsewhere'), 'a');
    symlinkSync(join(book.home, 'elsewhere'), inbox(ONE) as string);
    mkdirSync(inbox(TWO) as string);
    const odd = Buffer.concat([Buffer.from('r-20260331-3.csv\n\\'), Buffer.from([0xe9, 0xff])]);
    put(odd, 'x');
    const long = `r-20260331-${'7'.repeat(255 - 15)}.csv`;
    put(long, 'y');
    await book.look(0);
    const look = await book.look(60);
    expect(look.others).toEqual([{ name: ONE, is: 'a symbolic link' }]);
    expect(await book.states()).toEqual([
      'r-20260331-3.csv\\x0A\\x5C\\xE9\\xFF unexpected',
      `${long} ready`,
    ]);
    const taken = await takeReadyFile(book.client, book.inForce, await idOf(long));
    expect(readFileSync(taken.path, 'utf8')).toBe('y');
  });
});

describe('an inbox that cannot be looked at', () => {
  const refused = (evidence: object) =>
    expect(book.look(60)).rejects.toMatchObject({ code: 'folder_unusable', exitCode: 1, evidence });

  it('is refused where it is a link, no folder or not there, and no row is changed', async () => {
    book = await filesBook(REPAY);
    put(ONE, 'a');
    await book.look(0);
    const moved = join(book.home, 'moved');
    renameSync(book.folders.inbox, moved);
    await refused({ folder: 'inbox', path: book.folders.inbox, code: 'ENOENT' });
    symlinkSync(moved, book.folders.inbox);
    await refused({ folder: 'inbox', reason: 'it is a symbolic link' });
    rmSync(book.folders.inbox);
    writeFileSync(book.folders.inbox, '');
    await refused({ folder: 'inbox', reason: 'it is no folder' });
    expect(await book.states()).toEqual([`${ONE} growing`]);
  });
});

describe('a file that is taken', () => {
  async function ready(): Promise<number> {
    book = await filesBook(REPAY, BANK);
    put(ONE, 'a');
    await book.look(0);
    await book.look(60);
    return idOf(ONE);
  }

  it('lies in work by its hash, and is taken once', async () => {
    const id = await ready();
    const taken = await takeReadyFile(book.client, book.inForce, id);
    // printf a | sha256sum
    const sha256 = 'ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb';
    expect(taken.path.toString()).toBe(join(book.folders.work, sha256, ONE));
    expect(existsSync(inbox(ONE))).toBe(false);
    expect(await takeReadyFile(book.client, book.inForce, id)).toEqual(taken);
    put(TWO, 'a');
    await book.look(70);
    await book.look(130);
    await endTakenFile(book.client, id, 'rejected', 'too_many_rejects');
    await endTakenFile(book.client, id, 'done', 'import 1');
    await endTakenFile(book.client, id, 'done', 'import 1');
    expect(await book.states()).toEqual([`${ONE} done`, `${TWO} duplicate ${ONE}`]);
    await expect(takeReadyFile(book.client, book.inForce, await idOf(TWO))).rejects.toMatchObject({
      code: 'file_not_ready',
      exitCode: 75,
    });
  });

  it('is brought to work by the next look where a process ended before it was', async () => {
    const id = await ready();
    await book.asOwner(
      `SET search_path = loanbook; UPDATE inbox_file SET state = 'taken', taken_at = now()`,
    );
    expect(await book.look(61)).toMatchObject({ finished: [ONE], states: {} });
    const taken = await takeReadyFile(book.client, book.inForce, id);
    expect(readFileSync(taken.path, 'utf8')).toBe('a');
  });

  it('goes back where somebody wrote to it after it was ready', async () => {
    const id = await ready();
    appendFileSync(inbox(ONE), 'b');
    await expect(takeReadyFile(book.client, book.inForce, id)).rejects.toMatchObject({
      code: 'file_changed',
      exitCode: 75,
    });
    expect(readFileSync(inbox(ONE), 'utf8')).toBe('ab');
    await book.look(61);
    await book.look(121);
    expect(await book.states()).toEqual([`${ONE} quarantined changed_after_ready`]);
  });

  it.each(['renamed', 'not yet renamed'])('is gone on with where it was %s', async (place) => {
    book = await filesBook(BANK);
    const name = 'b-2026-03-31.txt';
    put(name, 'a');
    put(`${name}.ok`, '');
    await book.look(0);
    await book.look(1);
    const [row] = await keptFiles(book.client, 'f.name = $1', [name]);
    await book.client.query('SELECT take_file($1, $2, now())', [row!.id, row!.sha256]);
    const lies = join(book.folders.work, row!.sha256!);
    if (place === 'renamed') {
      mkdirSync(lies);
      renameSync(inbox(name), join(lies, name));
    }
    const taken = await takeReadyFile(book.client, book.inForce, row!.id);
    expect(taken.path.toString()).toBe(join(lies, name));
    expect(readdirSync(lies)).toEqual([name, `${name}.ok`]);
    expect(await book.look(2)).toMatchObject({ files: 0, finished: [] });
  });

  it('stays in an inbox that is read-only', async () => {
    const id = await ready();
    const asNobody = process.getuid?.() === 0;
    chmodSync(book.home, 0o755);
    chmodSync(book.folders.inbox, 0o555);
    chmodSync(book.folders.work, 0o777);
    if (asNobody) process.seteuid?.(65_534);
    try {
      await expect(takeReadyFile(book.client, book.inForce, id)).rejects.toMatchObject({
        code: 'folder_unusable',
        evidence: { folder: 'inbox', code: 'EACCES', reason: 'this user may not use it' },
      });
      expect(await book.look(61)).toMatchObject({ states: { ready: 1 } });
    } finally {
      if (asNobody) process.seteuid?.(0);
      chmodSync(book.folders.inbox, 0o755);
    }
    await takeReadyFile(book.client, book.inForce, id);
  });

  it('stays when the work folder cannot be used: a rename crosses no file system', async () => {
    const id = await ready();
    const elsewhere = mkdtempSync('/dev/shm/loanbook-work-');
    const folders = { ...book.folders, work: elsewhere };
    const taking = takeReadyFile(book.client, { ...book.inForce, folders }, id);
    const isElsewhere = statSync(elsewhere).dev !== statSync(book.folders.inbox).dev;
    if (isElsewhere) {
      await expect(taking).rejects.toMatchObject({
        code: 'folder_unusable',
        evidence: { folder: 'work', code: 'EXDEV' },
      });
    }
    await taking.catch(() => undefined);
    rmSync(elsewhere, { recursive: true });
  });

  it('stays where it is when the work folder cannot be used', async () => {
    const id = await ready();
    rmSync(book.folders.work, { recursive: true });
    writeFileSync(book.folders.work, '');
    await expect(takeReadyFile(book.client, book.inForce, id)).rejects.toMatchObject({
      code: 'folder_unusable',
      evidence: { folder: 'work' },
    });
    expect(await book.look(61)).toMatchObject({ states: { ready: 1 }, hashed: 0 });
  });

  it('takes its control file along', async () => {
    book = await filesBook(BANK);
    put('b-2026-03-31.txt', 'a');
    put('b-2026-03-31.txt.ok', '');
    await book.look(0);
    await book.look(1);
    const taken = await takeReadyFile(book.client, book.inForce, await idOf('b-2026-03-31.txt'));
    expect(existsSync(`${taken.path.toString()}.ok`)).toBe(true);
    expect(await book.look(2)).toMatchObject({ files: 0, states: {} });
  });
});
