import { EXIT, LoanbookError } from '../../../errors.js';
import type { FileContent } from '../../../files/file-content.js';

/**
 * Throws LoanbookError `file_content_changed` (1) where a file is not the one that was seen before.
 */
export function requireContent({ path, sha256 }: FileContent, expected: string | undefined): void {
  if (expected === undefined || expected === sha256) return;
  throw new LoanbookError('file_content_changed', 'The file is not the one that was ready.', {
    exitCode: EXIT.failed,
    evidence: { file: path, rule: 'sha256', expected, actual: sha256 },
    next: 'Nothing was taken. Somebody wrote to it: have it sent again under a name of its own.',
  });
}
