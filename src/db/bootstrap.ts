import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { LoanbookError } from '../errors.js';
import { sqlStateOf } from './client.js';
import { inTransaction } from './connect.js';

/** Any fixed number: installers of one database queue on it. */
const INSTALL_LOCK = 5_262_666_001;
const ROLES = ['loanbook_owner', 'loanbook_batch'] as const;
export const SIGNAL_ROLE = 'pg_signal_backend';

/**
 * Roles belong to the whole cluster, and advisory locks to one database: installers of two
 * databases meet in pg_authid. XX000 is "tuple concurrently updated" of a GRANT.
 */
const ROLE_RACES = new Set(['42710', '23505', 'XX000', '40001', '40P01']);
const ROLE_RACE_ATTEMPTS_MAX = 20;
const ROLE_RACE_POLL_MS = 25;

const MIGRATION_TABLE = `
CREATE TABLE IF NOT EXISTS loanbook.migration (
  version integer PRIMARY KEY CHECK (version > 0),
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
GRANT SELECT ON loanbook.migration TO loanbook_batch;`;

/**
 * Makes the roles, the schema and the table of migrations when they are missing. `client` acts as
 * the login. Throws LoanbookError `database_needs_administrator` with the statements to run.
 */
export async function bootstrap(client: pg.Client): Promise<void> {
  await requireUtf8(client);
  for (const role of ROLES) await racing(() => ensureRole(client, role));
  await inTransaction(client, async () => {
    await client.query('SELECT pg_advisory_xact_lock($1)', [INSTALL_LOCK]);
    await ensureSchema(client);
    await client.query('SET LOCAL ROLE loanbook_owner');
    const { rows } = await client.query(`SELECT to_regclass('loanbook.migration') AS found`);
    if (rows[0]?.found === null) await client.query(MIGRATION_TABLE);
  });
}

async function requireUtf8(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ server_encoding: string }>('SHOW server_encoding');
  if (rows[0]?.server_encoding === 'UTF8') return;
  throw new LoanbookError('database_encoding', 'The database must be encoded in UTF8.', {
    evidence: { encoding: rows[0]?.server_encoding },
    next: `CREATE DATABASE ... ENCODING 'UTF8' TEMPLATE template0, and name that one.`,
  });
}

async function racing(fn: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fn();
    } catch (error) {
      const isRace = ROLE_RACES.has(sqlStateOf(error) ?? '');
      if (!isRace || attempt >= ROLE_RACE_ATTEMPTS_MAX) throw error;
      await sleep(ROLE_RACE_POLL_MS * Math.random());
    }
  }
}

/** Each statement commits by itself: a role that a rival made meanwhile must become visible. */
async function ensureRole(client: pg.Client, role: string): Promise<void> {
  try {
    const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
    if (rowCount === 0) await client.query(`CREATE ROLE ${role} NOLOGIN`);
    if (!(await maySetRole(client, role))) await client.query(`GRANT ${role} TO CURRENT_USER`);
  } catch (error) {
    if (sqlStateOf(error) !== '42501') throw error;
    throw await needsAdministrator(client, [
      ...ROLES.map((name) => `CREATE ROLE ${name} NOLOGIN;`),
      `GRANT ${ROLES.join(', ')} TO ${await loginName(client)};`,
    ]);
  }
}

/**
 * Whether a takeover ends the sessions of any login: the owner was given the right, or the login is
 * a superuser. It is never taken: who has it may end other people's sessions in the whole cluster.
 */
export async function mayOwnerEndSessions(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT pg_has_role('loanbook_owner', $1, 'USAGE') OR
       (SELECT rolsuper FROM pg_roles WHERE rolname = session_user) AS may`,
    [SIGNAL_ROLE],
  );
  return rows[0]?.may === true;
}

/** From 16 on a member may lack the right to SET ROLE; 15 knows membership only. */
async function maySetRole(client: pg.Client, role: string): Promise<boolean> {
  const { rows } = await client.query<{ may: boolean }>(
    `SELECT pg_has_role(current_user, $1, CASE
       WHEN current_setting('server_version_num')::int4 >= 160000 THEN 'SET' ELSE 'MEMBER'
     END) AS may`,
    [role],
  );
  return rows[0]?.may === true;
}

async function ensureSchema(client: pg.Client): Promise<void> {
  const { rowCount } = await client.query(`SELECT FROM pg_namespace WHERE nspname = 'loanbook'`);
  if (rowCount === 1) return;
  try {
    await client.query('CREATE SCHEMA loanbook AUTHORIZATION loanbook_owner');
    await client.query('SET LOCAL ROLE loanbook_owner');
    await client.query('GRANT USAGE ON SCHEMA loanbook TO loanbook_batch');
    await client.query('RESET ROLE');
  } catch (error) {
    if (sqlStateOf(error) !== '42501') throw error;
    // The failed transaction answers no query any more: the name must be asked for afterwards.
    await client.query('ROLLBACK');
    throw await needsAdministrator(client, [
      'CREATE SCHEMA loanbook AUTHORIZATION loanbook_owner;',
      'GRANT USAGE ON SCHEMA loanbook TO loanbook_batch;',
    ]);
  }
}

async function loginName(client: pg.Client): Promise<string> {
  const { rows } = await client.query<{ name: string }>('SELECT quote_ident(session_user) AS name');
  return rows[0]?.name ?? 'the_login';
}

async function needsAdministrator(
  client: pg.Client,
  statements: readonly string[],
): Promise<LoanbookError> {
  return new LoanbookError('database_needs_administrator', 'The login lacks a right.', {
    evidence: { login: await loginName(client), database: client.database },
    next: `An administrator must run once, in this database:\n${statements.join('\n')}`,
  });
}
