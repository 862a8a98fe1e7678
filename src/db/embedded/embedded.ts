import { existsSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EXIT, LoanbookError } from '../../errors.js';
import { openClient, sqlStateOf } from '../client.js';
import type { DatabaseTarget } from '../target.js';
import { type Account, giveTo, isRoot, serverAccount } from './embedded-account.js';
import { type Binaries, findPackage, prepareBinaries } from './embedded-binaries.js';
import {
  findPlace,
  isMoved,
  makePlace,
  makeSystemFolder,
  orphanedPlaces,
  type Place,
  plannedPlace,
  socketFolderOf,
} from './embedded-place.js';
import { EMBEDDED_USER, initData, startServer, stopServer } from './embedded-server.js';
import { POINTER, writeFresh } from './place-pointer.js';
import { findPostmaster, type Postmaster } from './postmaster.js';
import { withStartLock } from './start-lock.js';

/** What `loanbook db status` shows. */
export interface EmbeddedStatus {
  /** Whether a data folder exists. */
  readonly installed: boolean;
  readonly running: boolean;
  readonly pid?: number;
  readonly dataFolder: string;
  readonly socketFolder?: string;
  /** Of the installed programs, such as 18.4; left out when they are missing. */
  readonly version?: string;
  readonly logFile: string;
}

const DATABASE = 'loanbook';
const LOCK = 'postgres.lock';

/**
 * The book's own PostgreSQL: made if it is not there, started if it does not run. It outlives the
 * process. Two at once are safe. `programs` are those of the package where the data are not of
 * another server. Throws LoanbookError `embedded_*`, with the end of the log.
 */
export async function startEmbedded(
  bookFolder: string,
  programs?: Binaries,
): Promise<DatabaseTarget> {
  requireSupported(bookFolder);
  const running = findRunning(bookFolder);
  if (running !== undefined) return running;
  mkdirSync(bookFolder, { recursive: true });
  return withStartLock(lockFileOf(bookFolder), async () => {
    // Whoever held the lock before us may have done the work.
    return findRunning(bookFolder) ?? (await startPlace(makePlace(bookFolder), programs));
  });
}

/** Stops the server; its data stay. False when it did not run. */
export async function stopEmbedded(bookFolder: string): Promise<boolean> {
  if (!existsSync(bookFolder)) return false;
  return withStartLock(lockFileOf(bookFolder), async () => {
    const place = findPlace(bookFolder);
    if (place === undefined || findPostmaster(place) === undefined) return false;
    const account = serverAccount(place.dataFolder);
    await stopServer(place, binariesOf(place, account), account);
    return true;
  });
}

/** Stops the server and deletes its data for good, also those outside the book's folder. */
export async function removeEmbedded(bookFolder: string): Promise<void> {
  await stopEmbedded(bookFolder);
  const place = findPlace(bookFolder);
  if (place !== undefined) {
    const socketFolder = socketFolderOf(place, serverAccount(place.dataFolder));
    for (const folder of [socketFolder, place.folder])
      rmSync(folder, { recursive: true, force: true });
  }
  rmSync(join(bookFolder, POINTER), { force: true });
}

/**
 * Makes the data folder of a book that has none by `fill`, such as a copy of a backup: whole or not
 * at all, and not started. Throws LoanbookError `book_is_there` (2), and what `fill` throws.
 */
export async function putData(
  bookFolder: string,
  fill: (dataFolder: string) => Promise<void>,
): Promise<void> {
  requireSupported(bookFolder);
  mkdirSync(bookFolder, { recursive: true });
  await withStartLock(lockFileOf(bookFolder), async () => {
    const before = findPlace(bookFolder);
    if (before !== undefined && existsSync(before.dataFolder)) throw bookIsThere(before);
    const place = makePlace(bookFolder);
    const half = join(place.folder, 'data.new');
    rmSync(half, { recursive: true, force: true });
    mkdirSync(half, { mode: 0o700 });
    try {
      await fill(half);
    } catch (error) {
      rmSync(before === undefined ? place.folder : half, { recursive: true, force: true });
      if (before === undefined) rmSync(join(bookFolder, POINTER), { force: true });
      throw error;
    }
    giveTo(serverAccount(undefined), half);
    renameSync(half, place.dataFolder);
    writeFresh(place.readyFile, '');
  });
}

function bookIsThere({ dataFolder }: Place): LoanbookError {
  return new LoanbookError('book_is_there', 'This folder has a book of its own.', {
    exitCode: EXIT.usage,
    evidence: { data: dataFolder },
    next: 'Name a folder without a book by --book.',
  });
}

/** Looks only at files: starts nothing, and connects to nothing. */
export async function embeddedStatus(bookFolder: string): Promise<EmbeddedStatus> {
  const place = plannedPlace(resolve(bookFolder));
  const installed = existsSync(place.dataFolder);
  const postmaster = installed ? findPostmaster(place) : undefined;
  return {
    installed,
    running: postmaster !== undefined,
    pid: postmaster?.pid,
    dataFolder: place.dataFolder,
    socketFolder: postmaster?.socketFolder,
    version: installedVersion(),
    logFile: place.logFile,
  };
}

async function startPlace(place: Place, programs?: Binaries): Promise<DatabaseTarget> {
  const account = serverAccount(place.dataFolder);
  const binaries = programs ?? binariesOf(place, account);
  if (!existsSync(place.dataFolder)) {
    await stopOrphans();
    await initData(place, binaries, account);
  }
  let postmaster = findPostmaster(place);
  // A server that lost its socket (a cleaned temporary folder) answers nobody any more.
  if (postmaster?.isReady && postmaster.socketFolder === undefined) {
    await stopServer(place, binaries, account);
    postmaster = undefined;
  }
  if (!postmaster?.isReady) postmaster = await startServer(place, binaries, account);
  const target = targetOf(postmaster);
  if (!existsSync(place.readyFile)) {
    await createDatabase(target);
    writeFresh(place.readyFile, '');
  }
  return target;
}

/** Servers of removed books give their memory back; their data are nobody's to delete. */
async function stopOrphans(): Promise<void> {
  for (const place of orphanedPlaces()) {
    if (findPostmaster(place) === undefined) continue;
    const account = serverAccount(place.dataFolder);
    // One that does not stop must not keep a new book from starting.
    await stopServer(place, binariesOf(place, account), account).catch(() => undefined);
  }
}

/** The quick way, without the lock: a few small reads. */
function findRunning(bookFolder: string): DatabaseTarget | undefined {
  const place = findPlace(bookFolder);
  if (place === undefined || !existsSync(place.readyFile) || isMoved(bookFolder)) return undefined;
  const postmaster = findPostmaster(place);
  return postmaster?.isReady && postmaster.socketFolder ? targetOf(postmaster) : undefined;
}

function targetOf(postmaster: Postmaster): DatabaseTarget {
  const host = postmaster.socketFolder ?? '';
  return { host, port: 5432, user: EMBEDDED_USER, database: DATABASE };
}

async function createDatabase(target: DatabaseTarget): Promise<void> {
  const client = await openClient({ ...target, database: 'postgres' });
  try {
    await client.query(`CREATE DATABASE ${DATABASE}`);
  } catch (error) {
    const isThereAlready = sqlStateOf(error) === '42P04';
    if (!isThereAlready) throw error;
  } finally {
    await client.end();
  }
}

function binariesOf(place: Place, account: Account | undefined) {
  return prepareBinaries(account, () => (isRoot() ? makeSystemFolder() : place.folder));
}

function installedVersion(): string | undefined {
  try {
    return findPackage().version.split('.').slice(0, 2).join('.');
  } catch {
    return undefined;
  }
}

function lockFileOf(bookFolder: string): string {
  return join(realpathSync(bookFolder), LOCK);
}

/** pg_ctl hands paths to a shell between double quotes; Windows has no Unix socket for Node. */
function requireSupported(bookFolder: string): void {
  if (process.platform === 'win32') {
    throw new LoanbookError('embedded_not_supported', 'There is no embedded server on Windows.', {
      next: 'Set DATABASE_URL to a PostgreSQL server, or use WSL.',
    });
  }
  if (!/["$`\\\n]/.test(resolve(bookFolder))) return;
  throw new LoanbookError('book_folder_name', 'The book’s folder has a character not allowed.', {
    evidence: { folder: resolve(bookFolder), notAllowed: '" $ ` \\' },
    next: 'Rename the folder, or choose another one.',
  });
}
