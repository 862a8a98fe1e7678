import { lstatSync, opendirSync, type Stats } from 'node:fs';
import { lstat, mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import { EXIT, LoanbookError } from '../../errors.js';
import { shownName } from './shown-name.js';

export type FolderName = 'inbox' | 'work' | 'outbox' | 'book';

/** A regular file of a folder. */
export interface FolderFile {
  /** As shown, which is its name in the register. */
  readonly name: string;
  readonly raw: Buffer;
  readonly size: number;
  /** When content and file were changed last: a sender can set the first back, not the second. */
  readonly mtime: string;
}

export interface FolderLook {
  readonly files: readonly FolderFile[];
  /** What lies there and is no regular file, folders aside: it is never opened. */
  readonly others: readonly { readonly name: string; readonly is: string }[];
}

const OWNER_ONLY = 0o700;
/** Entries between which others get their turn. */
const BATCH = 1000;

/**
 * The folder is there and no link. Throws LoanbookError `folder_unusable` (1), naming the folder,
 * its path and the reason.
 */
export async function requireFolder(folder: FolderName, path: string): Promise<Stats> {
  const found = await lstat(path).catch((error: unknown) => {
    throw folderUnusable(folder, path, error);
  });
  if (found.isDirectory()) return found;
  const reason = found.isSymbolicLink() ? 'it is a symbolic link' : 'it is no folder';
  throw folderUnusable(folder, path, reason);
}

/** Makes a folder that is not there, for its owner alone, with an empty file as its mark. */
export async function makeFolder(folder: FolderName, path: string, mark?: string): Promise<void> {
  try {
    const isThere = await lstat(path).then(
      () => true,
      () => false,
    );
    if (!isThere) await makePath(path);
    await requireFolder(folder, path);
    if (mark !== undefined) await writeFile(join(path, mark), '', { flag: 'a', mode: 0o600 });
  } catch (error) {
    throw error instanceof LoanbookError ? error : folderUnusable(folder, path, error);
  }
}

/**
 * Makes a folder, for its owner alone, and those above it. By hand, as Node says of a read-only
 * file system that the folder is not there.
 */
export async function makePath(path: string): Promise<void> {
  const make = () => mkdir(path, { mode: OWNER_ONLY });
  try {
    await make();
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'EEXIST') return;
    if (error.code !== 'ENOENT' || dirname(path) === path) throw error;
    await makePath(dirname(path));
    await make();
  }
}

/**
 * What lies in a folder, read as a stream; nothing is opened and no link followed. What vanishes in
 * the middle is left out; where the folder itself does, `folder_unusable` (1).
 */
export async function readFolder(
  folder: FolderName,
  path: string,
  signal?: AbortSignal,
): Promise<FolderLook> {
  const before = await requireFolder(folder, path);
  const files: FolderFile[] = [];
  const others: { name: string; is: string }[] = [];
  const base = Buffer.from(`${path}/`);
  try {
    const entries = opendirSync(path, { encoding: 'buffer' as BufferEncoding, bufferSize: BATCH });
    try {
      for (let count = 1; ; count += 1) {
        const entry = entries.readSync();
        if (entry === null) break;
        const raw = entry.name as unknown as Buffer;
        const found = lstatSync(Buffer.concat([base, raw]), {
          bigint: true,
          throwIfNoEntry: false,
        });
        if (found?.isFile()) {
          const mtime = `${found.mtimeNs}/${found.ctimeNs}`;
          files.push({ name: shownName(raw), raw, size: Number(found.size), mtime });
        } else if (found !== undefined && !found.isDirectory()) {
          const is = found.isSymbolicLink() ? 'a symbolic link' : 'no regular file';
          others.push({ name: shownName(raw), is });
        }
        if (count % BATCH !== 0) continue;
        await breathe();
        signal?.throwIfAborted();
      }
    } finally {
      entries.closeSync();
    }
  } catch (error) {
    throw isSystemError(error) ? folderUnusable(folder, path, error) : error;
  }
  const after = await requireFolder(folder, path);
  if (after.ino === before.ino && after.dev === before.dev) return { files, others };
  throw folderUnusable(folder, path, 'another one took its place while it was read');
}

/** The names of a folder are on the disk when this is over. */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'it is not there',
  ENOTDIR: 'a part of its path is no folder',
  EACCES: 'this user may not use it',
  EPERM: 'this user may not use it',
  EROFS: 'it is read-only',
  EXDEV: 'it is on another file system than the inbox',
  ENOSPC: 'the disk is full',
  ENAMETOOLONG: 'a name is too long for it',
  ELOOP: 'a link stands where a file should be',
};

/** Why a folder cannot be used, from an error of the system or in words. */
export function folderUnusable(folder: FolderName, path: string, why: unknown): LoanbookError {
  const code = isSystemError(why) ? String(why.code) : undefined;
  const reason = typeof why === 'string' ? why : (REASONS[code ?? ''] ?? String(why));
  return new LoanbookError('folder_unusable', `The ${folder} cannot be used: ${reason}.`, {
    exitCode: EXIT.failed,
    evidence: { folder, path, reason, code },
    next: 'Put it right, or name another folder by `files apply`; nothing was changed.',
    cause: why,
  });
}
