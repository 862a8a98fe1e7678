import { randomBytes } from 'node:crypto';
import {
  chownSync,
  lstatSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { isAbsolute, join, resolve, sep } from 'node:path';
import { LoanbookError } from '../../errors.js';
import type { Account } from './embedded-account.js';
import { codeOf } from './start-lock.js';

/** In the book's folder, where its place is; in the place, whose it is. */
export const POINTER = 'postgres.json';
const POINTER_BYTES_MAX = 64 * 1024;

export interface Pointer {
  readonly place: string;
  readonly book: string;
}

/**
 * What the folder's pointer says; undefined without one. Throws LoanbookError
 * `embedded_pointer_broken` for one that is a link, no regular file, no JSON, or names no two
 * absolute paths.
 */
export function readPointer(folder: string): Pointer | undefined {
  const file = join(folder, POINTER);
  try {
    const stat = lstatSync(file);
    if (stat.isSymbolicLink()) throw broken(file, 'it is a symbolic link');
    if (!stat.isFile()) throw broken(file, 'it is no regular file');
    if (stat.size > POINTER_BYTES_MAX) throw broken(file, 'it is too large');
    return pointerOf(file, readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof LoanbookError) throw error;
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw broken(file, (error as Error).message);
  }
}

/** The same, where one that is broken is somebody else's concern. */
export function readablePointer(folder: string): Pointer | undefined {
  try {
    return readPointer(folder);
  } catch {
    return undefined;
  }
}

function pointerOf(file: string, text: string): Pointer {
  const found: unknown = JSON.parse(text);
  if (typeof found !== 'object' || found === null) throw broken(file, 'it holds no object');
  const { place, book } = found as Partial<Record<keyof Pointer, unknown>>;
  for (const [key, path] of Object.entries({ place, book })) {
    const isPath = typeof path === 'string' && isAbsolute(path) && resolve(path) === path;
    if (!isPath || path.includes('\0')) throw broken(file, `\`${key}\` is no absolute path`);
  }
  return { place: place as string, book: book as string };
}

function broken(file: string, reason: string): LoanbookError {
  return new LoanbookError('embedded_pointer_broken', `${POINTER} cannot be read.`, {
    evidence: { file, reason },
    next: 'Restore the file: it names the server’s data. To begin an empty book, remove it.',
  });
}

/**
 * Holds that a place which exists is this book's: it lies in the system folder or in the book, or
 * its own pointer names the book back; one that names another book is that book's wherever it lies.
 * Throws LoanbookError `embedded_place_foreign`, `embedded_place_link`.
 */
export function requireOwnPlace(book: string, pointer: Pointer, systemFolder: string): void {
  const { place } = pointer;
  requireNoLink(place);
  const back = readPointer(place);
  // A book that was moved is known by the path that both sides still say.
  const isBack = back !== undefined && (back.book === book || back.book === pointer.book);
  if (isBack && back.place === place) return;
  const real = realpathSync(place);
  if (back === undefined && (isBelow(real, book) || isBelow(real, systemFolder))) return;
  throw new LoanbookError('embedded_place_foreign', 'The server’s folder is not this book’s.', {
    evidence: { file: join(book, POINTER), place, book, namesBack: back?.book },
    next: `Correct \`place\` in ${POINTER}, or remove the file to begin an empty book.`,
  });
}

/** Throws LoanbookError `embedded_place_link` unless the path itself is there and is no link. */
export function requireNoLink(path: string): void {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isSymbolicLink()) return;
  throw new LoanbookError('embedded_place_link', 'A path of the server is a symbolic link.', {
    evidence: { link: path },
    next: 'Move what it leads to here, in place of the link; links are not followed.',
  });
}

function isBelow(real: string, folder: string): boolean {
  try {
    return real.startsWith(realpathSync(folder) + sep);
  } catch {
    return false;
  }
}

/** Book and place name each other, so that either tells when the other is gone. */
export function linkPlace(book: string, place: string): void {
  for (const folder of [place, book]) {
    writeFresh(join(folder, POINTER), `${JSON.stringify({ place, book }, null, 2)}\n`);
  }
}

/**
 * Puts a file in place of what has its name, which is not opened: the server's user may have left a
 * link there, and who writes may be root.
 */
export function writeFresh(file: string, text: string, account?: Account, mode = 0o644): void {
  const fresh = `${file}.${randomBytes(6).toString('hex')}.new`;
  try {
    writeFileSync(fresh, text, { mode, flag: 'wx' });
    if (account !== undefined) chownSync(fresh, account.uid, account.gid);
    renameSync(fresh, file);
  } finally {
    rmSync(fresh, { force: true });
  }
}
