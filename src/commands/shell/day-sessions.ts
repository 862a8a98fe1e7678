import { availableParallelism } from 'node:os';
import type pg from 'pg';
import { CHECK_SETTINGS } from '../../jobs/eod/run/finish-day.js';
import { inBook } from './book-session.js';
import type { CommandContext } from './context.js';

/** Beyond this the disk, not the cores, would decide. */
const SESSIONS_MAX = 4;

/**
 * Runs `fn` with a client and helpers, as many as there are cores in all, for work that is shared
 * out by days: each session scans alone, which coordinates less than parallel scans of one day
 * after the other.
 */
export async function inBookByDays<T>(
  context: CommandContext,
  applicationName: string,
  fn: (client: pg.Client, helpers: readonly pg.Client[]) => Promise<T>,
): Promise<T> {
  const cores = Math.min(availableParallelism(), SESSIONS_MAX);
  const alone = cores === 1 ? {} : { max_parallel_workers_per_gather: '0' };
  const session = { applicationName, settings: { ...CHECK_SETTINGS, ...alone } };
  const withHelpers = (clients: readonly pg.Client[]): Promise<T> => {
    const [first, ...helpers] = clients;
    if (first !== undefined && clients.length === cores) return fn(first, helpers);
    return inBook(context, (client) => withHelpers([...clients, client]), session);
  };
  return withHelpers([]);
}
