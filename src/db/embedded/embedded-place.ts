import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LoanbookError } from '../../errors.js';
import { type Account, canUse, isRoot, serverAccount } from './embedded-account.js';
import {
  linkPlace,
  POINTER,
  type Pointer,
  readablePointer,
  readPointer,
  requireNoLink,
  requireOwnPlace,
} from './place-pointer.js';

/** Where a book's server keeps its things. */
export interface Place {
  /** Holds everything below; 0700 and owned by who runs the server. */
  readonly folder: string;
  readonly dataFolder: string;
  readonly logFile: string;
  /** Written once the database exists: a server without it is still being set up. */
  readonly readyFile: string;
}

/** For root, when the book's folder is closed to the server's user. */
function systemFolder(): string {
  return process.env.LOANBOOK_SYSTEM_FOLDER || '/var/lib/loanbook';
}

const IN_BOOK = 'postgres';
/** sun_path is 108 bytes on Linux and 104 on macOS, with the closing zero. */
const SOCKET_PATH_BYTES_MAX = 103;
const SOCKET_FILE = '.s.PGSQL.5432';

function placeAt(folder: string): Place {
  return {
    folder,
    dataFolder: join(folder, 'data'),
    logFile: join(folder, 'server.log'),
    readyFile: join(folder, 'ready'),
  };
}

/**
 * The place that the book already uses; without effects. Undefined when there is none. Throws
 * LoanbookError `embedded_book_copied`, `embedded_pointer_broken`, `embedded_place_foreign`,
 * `embedded_place_link`.
 */
export function findPlace(bookFolder: string): Place | undefined {
  const pointer = readPointer(bookFolder);
  if (pointer === undefined) {
    const inBook = join(bookFolder, IN_BOOK);
    requireNoLink(inBook);
    return existsSync(inBook) ? plainPlace(realpathSync(inBook)) : undefined;
  }
  const book = realpathSync(bookFolder);
  requireNoCopy(book, pointer);
  requireNoLink(pointer.place);
  if (!existsSync(pointer.place)) return undefined;
  requireOwnPlace(book, pointer, systemFolder());
  return plainPlace(pointer.place);
}

/** A place none of whose parts leads elsewhere. */
function plainPlace(folder: string): Place {
  const place = placeAt(folder);
  for (const part of [place.dataFolder, place.logFile, place.readyFile]) requireNoLink(part);
  return place;
}

/** Whether the place still names another folder as its book: the book was moved. */
export function isMoved(bookFolder: string): boolean {
  const pointer = readPointer(bookFolder);
  return pointer !== undefined && pointer.book !== realpathSync(bookFolder);
}

/** A moved book takes its data along; a copied one must not share the server of the original. */
function requireNoCopy(book: string, pointer: Pointer): void {
  if (pointer.book === book || readablePointer(pointer.book)?.place !== pointer.place) return;
  throw new LoanbookError('embedded_book_copied', 'This folder is a copy of another book.', {
    evidence: { book, copyOf: pointer.book, data: pointer.place },
    next: `Remove ${join(book, POINTER)} to start an empty database here.`,
  });
}

/** Where it would be put: what `status` shows before the first start. */
export function plannedPlace(bookFolder: string): Place {
  return findPlace(bookFolder) ?? placeAt(join(bookFolder, IN_BOOK));
}

/**
 * The book's place, made if it is not there. Call it under the start lock. Throws LoanbookError
 * `embedded_book_copied`, `embedded_place_failed`.
 */
export function makePlace(bookFolder: string): Place {
  const book = realpathSync(bookFolder);
  const found = findPlace(book);
  const account = serverAccount(found?.dataFolder);
  try {
    if (found !== undefined && isMoved(book)) linkPlace(book, found.folder);
    const folder = found?.folder ?? newFolder(book, account);
    ownFolder(folder, account);
    return placeAt(folder);
  } catch (error) {
    if (error instanceof LoanbookError) throw error;
    throw new LoanbookError('embedded_place_failed', 'The server’s folder cannot be made.', {
      evidence: { book, reason: (error as Error).message },
      next: 'Make the book’s folder writable, or set DATABASE_URL to a server.',
      cause: error,
    });
  }
}

function newFolder(book: string, account: Account | undefined): string {
  if (canUse(account, book, 1)) return join(book, IN_BOOK);
  const system = makeSystemFolder();
  const hash = shortHash(book);
  // A folder of that name was left by a removed book of the same path: its data are kept.
  for (let ordinal = 1; ; ordinal += 1) {
    const place = join(system, ordinal === 1 ? hash : `${hash}-${ordinal}`);
    if (existsSync(place)) continue;
    mkdirSync(place, { mode: 0o700 });
    linkPlace(book, place);
    return place;
  }
}

/** Made for everybody to enter, whatever the umask: the server's user must reach its data. */
export function makeSystemFolder(): string {
  const folder = systemFolder();
  mkdirSync(folder, { recursive: true });
  chmodSync(folder, 0o755);
  return folder;
}

/** Places in the system folder whose book was removed: their servers would run for ever. */
export function orphanedPlaces(): readonly Place[] {
  const system = systemFolder();
  if (!isRoot() || !existsSync(system)) return [];
  return readdirSync(system)
    .map((name) => join(system, name))
    .filter((folder) => {
      const back = readablePointer(folder);
      return back !== undefined && !namesPlace(back.book, folder);
    })
    .map(placeAt);
}

/** A book whose pointer is broken may still be somebody's: its server is left alone. */
function namesPlace(book: string, place: string): boolean {
  try {
    return readPointer(book)?.place === place;
  } catch {
    return true;
  }
}

/**
 * The folder of the Unix socket: in the place, or a short one under the temporary folder when the
 * path would be too long or hold characters that the server's list of folders gives a meaning.
 */
export function socketFolderOf(place: Place, account: Account | undefined): string {
  const own = join(place.folder, 'socket');
  if (isSocketFolder(own)) return own;
  const owner = account?.uid ?? process.getuid?.() ?? 0;
  const name = `loanbook-${owner}-${shortHash(place.folder)}`;
  const temporary = join(tmpdir(), name);
  return isSocketFolder(temporary) && canUse(account, tmpdir(), 1) ? temporary : `/tmp/${name}`;
}

function isSocketFolder(folder: string): boolean {
  const bytes = Buffer.byteLength(join(folder, SOCKET_FILE));
  return bytes <= SOCKET_PATH_BYTES_MAX && !/[,"'\\\n]/.test(folder) && !folder.startsWith('@');
}

export function socketFileOf(socketFolder: string): string {
  return join(socketFolder, SOCKET_FILE);
}

/** Makes `folder` 0700 for who runs the server; refuses one that somebody else put there. */
export function ownFolder(folder: string, account: Account | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const stat = lstatSync(folder);
  const uid = account?.uid ?? process.getuid?.() ?? stat.uid;
  const isOurs = stat.uid === uid || (isRoot() && stat.uid === 0);
  if (!stat.isDirectory() || !isOurs) {
    throw new LoanbookError('embedded_folder_taken', 'The folder belongs to another user.', {
      evidence: { folder, owner: stat.uid, expected: uid },
      next: 'Run as that user, or choose another book folder.',
    });
  }
  if (account !== undefined && stat.uid !== account.uid) {
    chownSync(folder, account.uid, account.gid);
  }
  if ((stat.mode & 0o777) !== 0o700) chmodSync(folder, 0o700);
}

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
