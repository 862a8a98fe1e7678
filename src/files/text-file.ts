import { readFile } from 'node:fs/promises';
import { EXIT, LoanbookError } from '../errors.js';

/** The text of a document file. Throws LoanbookError `file_unreadable`, or `file_missing`. */
export async function readTextFile(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
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
