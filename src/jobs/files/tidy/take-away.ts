import { lstatSync, realpathSync, rmdirSync, unlinkSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Instant } from '../../../operations/clock/instant.js';
import { isSystemError, syncFolder } from '../folder.js';
import { hashFile } from '../read-content.js';

/** Why a file is left although its time is over. */
export type LeftBecause =
  /** It is another one than the register says. */
  | 'changed'
  /** A link, a pipe or a folder stands in its place. */
  | 'not_regular'
  /** A folder above it is a link by now. */
  | 'through_link'
  /** It was written on another host, or for a book in another folder. */
  | 'elsewhere'
  /** What was taken is not there. */
  | 'missing'
  /** The secret is gone by which its name is found. */
  | 'name_lost'
  /** The system refuses to read it or to take it away. */
  | 'not_usable';

/** What became of a file whose time is over, or would. */
export interface TidiedFile {
  readonly kind: 'reject' | 'log' | 'taken';
  /** Its path; numbers of persons masked. */
  readonly file: string;
  /** From when on its time was counted, UTC. */
  readonly since: string;
  /** `gone`: somebody took it away before. */
  readonly outcome: 'removed' | 'gone' | 'left';
  /** Null unless it is left. */
  readonly reason: LeftBecause | null;
}

export interface TidyOptions {
  /** The folder of the book. */
  readonly home: string;
  /** Say what would go, and change nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal;
}

/** A regular file as it was seen. */
export interface Seen {
  readonly size: number;
  /** When content and file were changed last, as `hashFile` has it. */
  readonly mtime: string;
  /** When its content was changed, in milliseconds. */
  readonly changedAt: Instant;
}

export type Found =
  | { readonly is: 'file'; readonly seen: Seen }
  | { readonly is: 'nothing' }
  | { readonly is: 'other'; readonly reason: LeftBecause };

type Path = string | Buffer;

/** What lies under a path; below `root` no folder of it is a link. Nothing is opened. */
export function lookAt(path: Path, root: string): Found {
  try {
    const seen = seenAt(path);
    if (seen === undefined) return { is: 'nothing' };
    if (seen === 'other') return { is: 'other', reason: 'not_regular' };
    return isBelow(folderOf(path), root)
      ? { is: 'file', seen }
      : { is: 'other', reason: 'through_link' };
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (error.code === 'ENOTDIR') return { is: 'nothing' };
    return { is: 'other', reason: 'not_usable' };
  }
}

/** The SHA-256 of a file that is as it was seen, or why there is none. */
export async function hashSeen(
  path: Path,
  seen: Seen,
  signal?: AbortSignal,
): Promise<{ readonly sha256: string } | { readonly reason: LeftBecause }> {
  try {
    const content = await hashFile(Buffer.from(path), signal);
    return content?.mtime === seen.mtime ? content : { reason: 'changed' };
  } catch (error) {
    if (isSystemError(error)) return { reason: 'not_usable' };
    throw error;
  }
}

/** Takes a file away that is still as it was seen; why it was left. That it is gone is no fault. */
export async function takeAway(path: Path, seen: Seen): Promise<LeftBecause | undefined> {
  try {
    const now = seenAt(path);
    if (now === undefined) return undefined;
    if (now === 'other' || now.size !== seen.size || now.mtime !== seen.mtime) return 'changed';
    unlinkSync(path);
    await syncFolder(folderOf(path).toString());
    return undefined;
  } catch (error) {
    if (isSystemError(error)) return 'not_usable';
    throw error;
  }
}

/** Takes folders away that hold nothing any more, from the innermost one on. */
export function leaveNoEmpty(...folders: readonly string[]): void {
  for (const folder of folders) {
    try {
      rmdirSync(folder);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      if (error.code !== 'ENOENT') return;
    }
  }
}

function seenAt(path: Path): Seen | 'other' | undefined {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false });
  if (found === undefined) return undefined;
  if (!found.isFile()) return 'other';
  const { size, mtimeNs, ctimeNs } = found;
  const mtime = `${mtimeNs}/${ctimeNs}`;
  return { size: Number(size), mtime, changedAt: Number(mtimeNs / 1_000_000n) };
}

function isBelow(folder: Buffer, root: string): boolean {
  const rest = folder.subarray(root.length);
  const expected = Buffer.concat([Buffer.from(realpathSync(root)), rest]);
  return realpathSync(folder, { encoding: 'buffer' }).equals(expected);
}

function folderOf(path: Path): Buffer {
  if (typeof path === 'string') return Buffer.from(dirname(path));
  return path.subarray(0, path.lastIndexOf('/'));
}
