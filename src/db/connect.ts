import type pg from 'pg';
import { LoanbookError } from '../errors.js';
import { destroyClient, openClient, targetEvidence } from './client.js';
import { throwIfInterrupted } from './interrupt.js';
import type { DatabaseTarget } from './target.js';

export { destroyClient, sqlStateOf } from './client.js';
export { externalTarget, resolveTarget } from './resolve-target.js';
export { retrying } from './retry.js';

/** PostgreSQL 15: the oldest that the SQL here is tested on. */
const SERVER_VERSION_MIN = 150_000;
/** Who waits longer for a lock gives way (exit 75), so that a scheduler never hangs. */
const LOCK_TIMEOUT = '30s';
/** The server gives up a machine that does not answer within 25 seconds. */
const KEEPALIVES = {
  tcp_keepalives_idle: '10',
  tcp_keepalives_interval: '5',
  tcp_keepalives_count: '3',
};

export interface ConnectOptions {
  /** Who the session acts as; 'login' keeps the role of the login itself. 'batch' if left out. */
  readonly role?: 'batch' | 'owner' | 'login';
  readonly applicationName?: string;
  /** Server settings for this session, such as `{ work_mem: '256MB' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

/**
 * One connected client: search_path loanbook, UTC, int8 as number, date as text.
 * Settings and role travel in the startup packet, so RESET keeps them and no round trip is spent.
 * Throws LoanbookError `database_unreachable`, `database_not_migrated`, `server_too_old`.
 */
export async function connect(
  target: DatabaseTarget,
  options: ConnectOptions = {},
): Promise<pg.Client> {
  const role = options.role ?? 'batch';
  const settings: Record<string, string> = {
    search_path: 'loanbook',
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    lock_timeout: LOCK_TIMEOUT,
    // A server compiles what it takes for long: 0.6 s for statements that take 2 ms.
    jit: 'off',
    ...(target.host.startsWith('/') ? {} : KEEPALIVES),
    ...options.settings,
  };
  if (role !== 'login') settings.role = `loanbook_${role}`;
  const client = await openClient(target, settings, options.applicationName);
  try {
    await requireServerVersion(client, target);
  } catch (error) {
    destroyClient(client);
    throw error;
  }
  return client;
}

async function requireServerVersion(client: pg.Client, target: DatabaseTarget): Promise<void> {
  const { rows } = await client.query<{ version: number; name: string }>(
    `SELECT current_setting('server_version_num')::int4 AS version,
            current_setting('server_version') AS name`,
  );
  const row = rows[0];
  if (row !== undefined && row.version >= SERVER_VERSION_MIN) return;
  throw new LoanbookError('server_too_old', 'PostgreSQL 15 or newer is needed.', {
    evidence: { ...targetEvidence(target), version: row?.name },
    next: 'Name a newer server, or unset DATABASE_URL and PG* for the embedded one.',
  });
}

/** Runs `fn` with a client of its own. After an error the connection is destroyed, not ended. */
export async function withClient<T>(
  target: DatabaseTarget,
  options: ConnectOptions,
  fn: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = await connect(target, options);
  let result: T;
  try {
    result = await fn(client);
  } catch (error) {
    destroyClient(client);
    throw error;
  }
  await client.end();
  return result;
}

/**
 * Runs `fn` between BEGIN and COMMIT, and rolls back when it throws or the process was interrupted
 * meanwhile. Throws LoanbookError
 * `transaction_rolled_back` when `fn` hid a failure and the server therefore refused to commit.
 */
export async function inTransaction<T>(client: pg.Client, fn: () => Promise<T>): Promise<T> {
  await client.query('BEGIN');
  let result: T;
  try {
    result = await fn();
    throwIfInterrupted();
  } catch (error) {
    // The first error is the one to show; a failing ROLLBACK means that the connection is gone.
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
  const { command } = await client.query('COMMIT');
  if (command !== 'COMMIT') {
    throw new LoanbookError('transaction_rolled_back', 'The server rolled the transaction back.', {
      evidence: { command },
      next: 'A statement in it failed and the failure was not reported: this is a defect.',
    });
  }
  return result;
}
