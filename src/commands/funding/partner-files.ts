import { EXIT, LoanbookError } from '../../errors.js';
import { FILE_FAMILIES, type FileFamily } from '../../funding/terms/partner.js';
import type { RejectedLine } from '../../jobs/funding/files/open-file.js';
import type { CommandContext } from '../shell/context.js';

/** A family of files by its name. Throws LoanbookError `unknown_family` (2). */
export function familyOption(name: string): FileFamily {
  const found = FILE_FAMILIES.find((family) => family === name);
  if (found !== undefined) return found;
  throw new LoanbookError('unknown_family', 'There is no such family of files.', {
    exitCode: EXIT.usage,
    evidence: { family: name, known: FILE_FAMILIES.join(', ') },
    next: 'Name one of them.',
  });
}

/** Says which lines of a file failed. */
export function noteRejects(
  context: CommandContext,
  file: string,
  rejects: readonly RejectedLine[],
): void {
  for (const { line, column, rule } of rejects) {
    context.note(`${file}:${line}: ${column === '' ? '' : `${column}: `}${rule}`);
  }
}
