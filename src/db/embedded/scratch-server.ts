import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, LoanbookError } from '../../errors.js';
import { withClient } from '../connect.js';
import type { DatabaseTarget } from '../target.js';
import { removeEmbedded, startEmbedded } from './embedded.js';
import { withStartLock } from './start-lock.js';

const FOLDER = 'rehearsal';
const LOCK = 'rehearsal.lock';
/** Enough to take a lock over from a process that is gone. */
const LOCK_MS = 5_000;

/**
 * Runs `fn` with an empty database on a server of its own in the folder of the book, and takes both
 * away afterwards. What a killed process left there is removed first. Throws LoanbookError
 * `rehearsal_is_running` (75), and what `startEmbedded` throws.
 */
export async function withScratchServer<T>(
  bookFolder: string,
  fn: (target: DatabaseTarget) => Promise<T>,
): Promise<T> {
  mkdirSync(bookFolder, { recursive: true });
  const folder = join(bookFolder, FOLDER);
  let isHeld = false;
  const work = async () => {
    isHeld = true;
    await remove(folder);
    try {
      const target = await startEmbedded(folder);
      await withoutSafety(target);
      return await fn(target);
    } finally {
      await remove(folder);
    }
  };
  return withStartLock(join(bookFolder, LOCK), work, LOCK_MS).catch((error: unknown) => {
    const isOurs = error instanceof LoanbookError && error.code === 'embedded_locked';
    if (isHeld || !isOurs) throw error;
    throw new LoanbookError('rehearsal_is_running', 'Another rehearsal of this book goes on.', {
      exitCode: EXIT.locked,
      evidence: error.evidence,
      next: 'Wait for it, or end that process.',
    });
  });
}

async function remove(folder: string): Promise<void> {
  if (!existsSync(folder)) return;
  await removeEmbedded(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** Its data need not survive a power cut. */
async function withoutSafety(target: DatabaseTarget): Promise<void> {
  await withClient(target, { role: 'login' }, async (client) => {
    await client.query('ALTER SYSTEM SET fsync = off');
    await client.query('ALTER SYSTEM SET synchronous_commit = off');
    await client.query('SELECT pg_reload_conf()');
  });
}
