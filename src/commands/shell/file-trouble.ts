import { EXIT, LoanbookError } from '../../errors.js';

/** What stands in the way of a file or folder, and not in the program. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not use it',
  EDQUOT: 'the quota is used up',
  EEXIST: 'something else is there already',
  EISDIR: 'it is a folder',
  ELOOP: 'its links lead round in a circle',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'its name is too long',
  ENOENT: 'it is not there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is no folder',
  EPERM: 'this user may not use it',
  EROFS: 'the disk is read-only',
};

/** The refusal behind a failed call to the file system; undefined when it was none. */
export function fileTrouble(error: unknown): LoanbookError | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code, path, syscall } = error as NodeJS.ErrnoException;
  const reason = REASONS[code ?? ''];
  if (reason === undefined || path === undefined || syscall === undefined) return undefined;
  return new LoanbookError('file_unusable', 'A file or folder cannot be used.', {
    exitCode: EXIT.failed,
    evidence: { path, reason, code },
    next: 'Name another one, or make way for it; then run the same command again.',
  });
}
