import { createHash } from 'node:crypto';

/** SHA-256 over the hashes of a task's positions, allocations, outcomes, lines and schedules. */
export function taskHash(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
