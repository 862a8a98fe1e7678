import type pg from 'pg';
import { EXIT, LoanbookError } from '../../errors.js';
import type { FileState } from '../../operations/files/file-row.js';
import { type KeptFile, keptFiles } from './register.js';

/**
 * The file of a number, or of a name that only one has; of several the one in a state that is
 * `wanted`. Throws LoanbookError `unknown_file`, `file_ambiguous` (2).
 */
export async function oneFile(
  client: pg.Client,
  file: string,
  wanted: readonly FileState[],
): Promise<KeptFile> {
  const isNumber = /^[0-9]{1,9}$/.test(file);
  const found = await keptFiles(client, isNumber ? 'f.file_id = $1' : 'f.name = $1', [file]);
  const fitting = found.filter(({ state }) => wanted.includes(state));
  const [only, another] = fitting.length > 0 ? fitting : found;
  if (only === undefined) {
    throw new LoanbookError('unknown_file', 'The register has no such file.', {
      exitCode: EXIT.usage,
      evidence: { file },
      next: '`loanbook files list --all` shows numbers and names.',
    });
  }
  if (another === undefined) return only;
  throw new LoanbookError('file_ambiguous', 'Several files have this name.', {
    exitCode: EXIT.usage,
    evidence: { file, numbers: found.map(({ id }) => id).join(', ') },
    next: 'Name one by its number.',
  });
}
