import { LoanbookError } from '../../../errors.js';
import type { Facts } from '../../../operations/doctor/facts.js';
import type { FactSource } from '../fact-source.js';
import type { House } from '../house.js';

export const SERVER_SOURCES: readonly FactSource[] = [
  { facts: ['server'], find: async (house) => ({ facts: { server: await version(house) } }) },
  {
    facts: ['fsync', 'full_page_writes', 'synchronous_commit'],
    async find(house) {
      const facts = await row<Facts>(
        house,
        `SELECT current_setting('fsync') AS fsync,
           current_setting('full_page_writes') AS full_page_writes,
           current_setting('synchronous_commit') AS synchronous_commit`,
      );
      return { facts };
    },
  },
  {
    facts: ['max_connections', 'connections'],
    async find(house) {
      // This session is gone before a night begins.
      const facts = await row<Facts>(
        house,
        `SELECT current_setting('max_connections')::int4 AS max_connections,
           (SELECT sum(numbackends) - 1 FROM pg_stat_database)::int4 AS connections`,
      );
      return { facts };
    },
  },
];

async function row<Row extends object>(house: House, sql: string): Promise<Row> {
  const client = await house.client();
  const { rows } = await client.query<Row>(sql);
  return rows[0]!;
}

/** Such as 18.4; an older server than we talk to says its own too. */
async function version(house: House): Promise<string> {
  try {
    const said = await row<{ version: string }>(
      house,
      `SELECT current_setting('server_version') AS version`,
    );
    return numberOf(said.version);
  } catch (error) {
    const isOld = error instanceof LoanbookError && error.code === 'server_too_old';
    if (isOld) return numberOf(String(error.evidence.version));
    throw error;
  }
}

/** Debian writes `15.14 (Debian 15.14-0+deb12u1)`, a version to come `19beta1`. */
function numberOf(said: string): string {
  return /^[0-9]+(?:\.[0-9]+)?/.exec(said)?.[0] ?? said;
}
