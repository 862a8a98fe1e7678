import { setTimeout as sleep } from 'node:timers/promises';
import { withClient } from '../../src/db/connect.js';
import type { DatabaseTarget } from '../../src/db/target.js';

/** The hashes of the sealed days, in order. */
export async function chainOf(target: DatabaseTarget): Promise<string[]> {
  return withClient(target, {}, async (client) => {
    const { rows } = await client.query<{ hash: string }>(
      `SELECT encode(chain_hash, 'hex') AS hash FROM sealed_day ORDER BY business_date`,
    );
    return rows.map((row) => row.hash);
  });
}

export interface Killer {
  /** Stops killing; how many sessions were killed. */
  stop(): Promise<number>;
}

/** Terminates sessions of a database whose name is LIKE `name`, one after the other. */
export function killSessions(
  target: DatabaseTarget,
  options: { name: string; kills: number; waitMs: () => number },
): Killer {
  let isStopped = false;
  let killed = 0;
  const own = { role: 'login', applicationName: 'killer' } as const;
  const killing = withClient(target, own, async (client) => {
    while (!isStopped && killed < options.kills) {
      await sleep(options.waitMs());
      const { rowCount } = await client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
         WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND application_name LIKE $1 AND state <> 'idle' ORDER BY random() LIMIT 1`,
        [options.name],
      );
      killed += rowCount ?? 0;
    }
  });
  return {
    async stop() {
      isStopped = true;
      await killing;
      return killed;
    },
  };
}
