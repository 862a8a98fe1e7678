import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { EXIT, LoanbookError } from '../errors.js';

/** Other names of the standard input, which may be a pipe. */
const STANDARD_INPUT = new Set(['/dev/stdin', '/dev/fd/0', '/proc/self/fd/0']);

/** Whether a path is another name of the standard input. */
export function isStandardInput(path: string): boolean {
  return STANDARD_INPUT.has(path);
}

/**
 * What is read is a regular file: a FIFO would be waited for without end, a device has no end.
 * Throws LoanbookError `not_a_file` (2), naming what is there instead, `file_missing` and
 * `file_unreadable`.
 */
export async function requireRegularFile(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => {
    throw unreadable(path, error);
  });
  if (found.isFile()) return;
  const kind = kindOf(found);
  throw new LoanbookError('not_a_file', `${path} is ${kind}, no file.`, {
    exitCode: EXIT.usage,
    evidence: { file: path, kind },
    next: found.isDirectory() ? 'Name a file in it.' : 'Save it to a file and name that.',
  });
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a directory';
  if (found.isFIFO()) return 'a pipe (FIFO)';
  if (found.isSocket()) return 'a socket';
  return 'a device';
}

/** The error of a file that cannot be opened or read. */
export function unreadable(path: string, error: unknown): LoanbookError {
  const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  const isMissing = reason === 'ENOENT' || reason === 'ENOTDIR';
  return new LoanbookError(
    isMissing ? 'file_missing' : 'file_unreadable',
    isMissing ? `There is no file ${path}.` : `The file ${path} cannot be read.`,
    { exitCode: EXIT.usage, evidence: { file: path, reason }, next: 'Check the path.' },
  );
}
