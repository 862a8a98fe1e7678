import { createHash } from 'node:crypto';
import { constants, statfsSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { EXIT, LoanbookError } from '../../errors.js';

const PIECE_BYTES = 1 << 20;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const WRITE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;
const MODE = 0o600;
/** How many files are copied at once: their fsyncs are then waited for together. */
export const LANES = [1, 2, 3, 4] as const;

export interface Copied {
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * Copies a file as it is at this moment to a new one that its owner alone reads, onto the disk.
 * Follows no link.
 */
export async function copyFile(
  from: string,
  to: string,
  onBytes: (bytes: number) => void,
): Promise<Copied> {
  const source = await open(from, READ);
  try {
    const target = await open(to, WRITE, MODE);
    try {
      return await copyPieces(source, target, onBytes);
    } finally {
      await target.close();
    }
  } finally {
    await source.close();
  }
}

async function copyPieces(
  source: FileHandle,
  target: FileHandle,
  onBytes: (bytes: number) => void,
): Promise<Copied> {
  const hash = createHash('sha256');
  const { size } = await source.stat();
  const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, size + 1));
  let bytes = 0;
  for (;;) {
    const { bytesRead } = await source.read(piece, 0, piece.length, null);
    if (bytesRead === 0) break;
    const read = piece.subarray(0, bytesRead);
    hash.update(read);
    await target.writeFile(read);
    bytes += bytesRead;
    onBytes(bytesRead);
  }
  await target.sync();
  return { bytes, sha256: hash.digest('hex') };
}

/** Writes a new file of our own as `copyFile` does. */
export async function writeSafely(path: string, text: string | Buffer): Promise<Copied> {
  const target = await open(path, WRITE, MODE);
  const content = Buffer.from(text);
  try {
    await target.writeFile(content);
    await target.sync();
  } finally {
    await target.close();
  }
  return { bytes: content.length, sha256: createHash('sha256').update(content).digest('hex') };
}

/** Names are on the disk only when their folder is. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Throws LoanbookError `backup_no_space` where so many bytes do not go into the folder. */
export function requireSpace(folder: string, needed: number): void {
  const { bavail, bsize } = statfsSync(folder);
  const free = bavail * bsize;
  if (free >= needed) return;
  throw noSpace(folder, { needed, free });
}

/** A disk that is full all the same says so in the same words. */
export function spaceTrouble(folder: string, error: unknown): unknown {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return code === 'ENOSPC' || code === 'EDQUOT' ? noSpace(folder, { reason: code }) : error;
}

function noSpace(folder: string, evidence: Record<string, string | number>): LoanbookError {
  return new LoanbookError('backup_no_space', 'There is not enough room on the disk.', {
    exitCode: EXIT.failed,
    evidence: { folder, rule: 'bytes needed are free', ...evidence },
    next: 'Nothing was kept: make room there, or name another folder.',
  });
}
