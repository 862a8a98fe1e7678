import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EmbeddedStatus } from '../../../src/db/embedded/embedded.js';
import { canReach } from '../../../src/db/embedded/embedded-account.js';
import type { DatabaseTarget } from '../../../src/db/target.js';
import { packageRoot } from '../../../src/package-root.js';
import {
  callProgram,
  installClone,
  installProgram,
  type RunOptions,
} from '../../support/installed-program.js';

const NOBODY = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const isOpen = isRoot && canReach({ name: 'nobody', ...NOBODY }, join(packageRoot, 'node_modules'));

describe.runIf(isRoot)('as root, under a closed folder', () => {
  let closed: string;
  let system: string;
  let options: RunOptions;
  const call = <T>(expression: string) => callProgram<T>(closed, expression, options);
  const start = (book: string) => call<DatabaseTarget>(`db.startEmbedded('${book}')`);
  const status = (book: string) => call<EmbeddedStatus>(`db.embeddedStatus('${book}')`);
  const remove = (book: string) => call(`db.removeEmbedded('${book}').then(() => true)`);

  beforeAll(async () => {
    closed = mkdtempSync('/tmp/loanbook-closed-');
    system = mkdtempSync('/tmp/loanbook-system-');
    options = { env: { LOANBOOK_SYSTEM_FOLDER: system } };
    await installClone(closed);
    chmodSync(closed, 0o700);
  });
  afterAll(() => {
    for (const folder of [closed, system]) rmSync(folder, { recursive: true, force: true });
  });

  it('keeps data and programs where the server’s user can reach them', async () => {
    const book = join(closed, 'book');
    const target = await start(book);
    expect(target).toMatchObject({ host: expect.stringContaining(system), user: 'loanbook' });
    const pointer = JSON.parse(readFileSync(join(book, 'postgres.json'), 'utf8'));
    const { dataFolder, running, pid } = await status(book);
    expect({ dataFolder, running }).toEqual({ dataFolder: `${pointer.place}/data`, running: true });
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
    expect(statSync(pointer.place).mode & 0o777).toBe(0o700);
  });

  it('follows a moved book, refuses a copied one, stops the server of a removed one', async () => {
    const [book, moved, copied] = ['book', 'moved', 'copied'].map((name) => join(closed, name)) as [
      string,
      string,
      string,
    ];
    const before = await status(book);
    renameSync(book, moved);
    await start(moved);
    expect(await status(moved)).toEqual(before);

    cpSync(moved, copied, { recursive: true });
    expect(await call(`db.stopEmbedded('${moved}')`)).toBe(true);
    expect(await start(moved)).toMatchObject({ database: 'loanbook' });
    expect(await start(copied)).toMatchObject({ code: 'embedded_book_copied', copyOf: moved });

    rmSync(moved, { recursive: true });
    rmSync(copied, { recursive: true });
    const { pid } = await startAndStatus(book);
    expect(pid).not.toBe(before.pid);
    expect(existsSync(join(before.dataFolder, 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(before.dataFolder, 'postmaster.pid'))).toBe(false);
    await remove(book);
  });

  async function startAndStatus(book: string): Promise<EmbeddedStatus> {
    await start(book);
    return status(book);
  }
});

describe.runIf(isOpen)('as an ordinary user', () => {
  it('runs as that user, and for root still as that user', async () => {
    const folder = mkdtempSync('/tmp/loanbook-ordinary-');
    chmodSync(folder, 0o755);
    const book = join(folder, 'book');
    mkdirSync(book);
    chownSync(book, NOBODY.uid, NOBODY.gid);
    await installProgram(folder);
    const call = <T>(name: string, options?: RunOptions) =>
      callProgram<T>(folder, `db.${name}('${book}')`, options);

    await call<DatabaseTarget>('startEmbedded', NOBODY);
    const { pid, dataFolder } = await call<EmbeddedStatus>('embeddedStatus', NOBODY);
    expect(statSync(`/proc/${pid}`).uid).toBe(NOBODY.uid);
    expect(dataFolder).toBe(join(book, 'postgres/data'));

    expect(await call('stopEmbedded')).toBe(true);
    await call<DatabaseTarget>('startEmbedded');
    const again = await call<EmbeddedStatus>('embeddedStatus');
    expect(statSync(`/proc/${again.pid}`).uid).toBe(NOBODY.uid);
    expect(await call('stopEmbedded', NOBODY)).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
