import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, LoanbookError } from '../../errors.js';
import { withClient } from '../connect.js';
import type { DatabaseTarget } from '../target.js';
import { putData, removeEmbedded, startEmbedded } from './embedded.js';
import type { Binaries } from './embedded-binaries.js';
import { withStartLock } from './start-lock.js';

/** What a server is made for, and thrown away after. */
export interface Scratch {
  readonly name: 'rehearsal' | 'trial';
  /** Makes its data; left out: an empty database. */
  readonly fill?: (dataFolder: string) => Promise<void>;
  /** Where the data are of a server that is not ours: its programs, and who logs in where. */
  readonly foreign?: Pick<DatabaseTarget, 'user' | 'database'> & { readonly programs: Binaries };
}

/** Enough to take a lock over from a process that is gone. */
const LOCK_MS = 5_000;

/**
 * Runs `fn` with a database on a server of its own in the folder of the book, and takes both away
 * afterwards. What a killed process left there is removed first. Throws LoanbookError
 * `rehearsal_is_running`, `trial_is_running` (75), and what `startEmbedded` throws.
 */
export async function withScratchServer<T>(
  bookFolder: string,
  { name, fill, foreign }: Scratch,
  fn: (target: DatabaseTarget) => Promise<T>,
): Promise<T> {
  const folder = join(bookFolder, name);
  return alone(bookFolder, name, async () => {
    await remove(folder);
    try {
      if (fill !== undefined) await putData(folder, fill);
      if (foreign !== undefined) {
        const { programs, user, database } = foreign;
        return await fn({ ...(await startEmbedded(folder, programs)), user, database });
      }
      const target = await startEmbedded(folder);
      await withoutSafety(target);
      return await fn(target);
    } finally {
      await remove(folder);
    }
  });
}

/** Runs `fn` while no other process does the same in the folder, which is made; nobody waits. */
export async function alone<T>(folder: string, name: string, fn: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true });
  let isHeld = false;
  const work = () => {
    isHeld = true;
    return fn();
  };
  return withStartLock(join(folder, `${name}.lock`), work, LOCK_MS).catch((error: unknown) => {
    const isOurs = error instanceof LoanbookError && error.code === 'embedded_locked';
    if (isHeld || !isOurs) throw error;
    throw new LoanbookError(`${name}_is_running`, `Another ${name} of this book goes on.`, {
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
