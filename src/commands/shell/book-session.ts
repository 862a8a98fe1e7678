import type pg from 'pg';
import { type ConnectOptions, withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import type { CommandContext } from './context.js';

/** Runs `fn` with a client on the migrated database of the book. */
export async function inBook<T>(
  context: CommandContext,
  fn: (client: pg.Client) => Promise<T>,
  session: ConnectOptions = {},
): Promise<T> {
  const target = await resolveTarget(context.bookFolder, context.env);
  return withClient(target, session, async (client) => {
    await requireMigrated(client);
    return fn(client);
  });
}
