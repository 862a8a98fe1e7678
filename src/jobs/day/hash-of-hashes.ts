import { createHash } from 'node:crypto';

/**
 * SHA-256 over hashes in order: of a task's positions, allocations, outcomes, lines and schedules;
 * of the tasks of a day; of a day and the one before.
 */
export function hashOfHashes(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
