import { open, rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { EXIT, LoanbookError } from '../errors.js';

/** Why a file cannot be made, where its path is at fault. */
const PATH_FAULTS = new Set(['ENOENT', 'ENOTDIR', 'EISDIR', 'EACCES', 'EPERM', 'EROFS']);

/**
 * Writes pieces of a file as they come. The file appears whole or not at all: what was there before
 * stays until the last piece is written. Throws what `content` throws, and LoanbookError
 * `file_not_writable` (2).
 */
export async function writeWhole(
  file: string,
  content: AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const half = `${file}.part`;
  try {
    // Opened first: a stream that fails while its file is being opened would leave one behind.
    const handle = await open(half, 'w');
    await pipeline(Readable.from(content), handle.createWriteStream());
    await rename(half, file);
  } catch (error) {
    await rm(half, { force: true });
    throw isPathFault(error) ? notWritable(file, error) : error;
  }
}

function isPathFault(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error && 'path' in error && 'code' in error)) return false;
  return PATH_FAULTS.has(String(error.code));
}

function notWritable(file: string, error: NodeJS.ErrnoException): LoanbookError {
  return new LoanbookError('file_not_writable', `The file ${file} cannot be written.`, {
    exitCode: EXIT.usage,
    evidence: { file, reason: error.code },
    next: 'Check that the folder is there and may be written to.',
    cause: error,
  });
}
