import './node-navigator.js';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import { type Evidence, EXIT, LoanbookError } from '../errors.js';
import { cancelWhenInterrupted, throwIfInterrupted } from './interrupt.js';
import { outageOf, sqlStateOf } from './outage.js';
import type { DatabaseTarget } from './target.js';

export { sqlStateOf } from './outage.js';

type TypeParser = (text: string) => unknown;

const OID = {
  int8: 20,
  numeric: 1700,
  date: 1082,
  textArray: 1009,
  int8Array: 1016,
  dateArray: 1182,
} as const;
const OID_NUMERIC_ARRAY = 1231;

const WHOLE = /^-?[0-9]+$/;

const CONNECT_TIMEOUT_MS = 15_000;

const targets = new WeakMap<pg.Client, DatabaseTarget>();

/** Where a client that was opened here is connected to. */
export function targetOf(client: pg.Client): DatabaseTarget {
  const target = targets.get(client);
  if (target === undefined) throw new Error('the client was not opened by openClient');
  return target;
}

/** An int8 as a number. Throws a LoanbookError when a double cannot hold it exactly. */
function parseInt8(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) {
    throw new LoanbookError('int8_out_of_range', 'An integer is too large to be exact.', {
      evidence: { value: text, max: Number.MAX_SAFE_INTEGER },
      next: 'Cast the column to numeric in the query: it comes as a BigInt.',
    });
  }
  return value;
}

const parseTextArray = pg.types.getTypeParser(OID.textArray as number, 'text') as (
  text: string,
) => (string | null)[];
const asText: TypeParser = (text) => text;

/** A whole numeric, such as a sum of bigint, is a BigInt; others stay text, every digit of them. */
function parseNumeric(text: string): bigint | string {
  return WHOLE.test(text) ? BigInt(text) : text;
}

/** Dates stay text: a Date has a time zone. */
const PARSERS: ReadonlyMap<number, TypeParser> = new Map<number, TypeParser>([
  [OID.int8, parseInt8],
  [OID.numeric, parseNumeric],
  [OID.date, asText],
  [
    OID.int8Array,
    (text) => parseTextArray(text).map((item) => (item === null ? null : parseInt8(item))),
  ],
  [OID.dateArray, parseTextArray],
  [OID_NUMERIC_ARRAY, parseTextArray],
]);

/** Belongs to one client: the global `pg.types` would change other users of the process. */
const types: pg.CustomTypesConfig = {
  getTypeParser(oid: number, format?: string) {
    const own = format === 'binary' ? undefined : PARSERS.get(oid);
    if (own !== undefined) return own;
    return format === 'binary'
      ? pg.types.getTypeParser(oid, 'binary')
      : pg.types.getTypeParser(oid, 'text');
  },
} as pg.CustomTypesConfig;

/** `-c name=value` pairs for the `options` startup parameter, escaped as the server reads them. */
function startupOptions(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([name, value]) => `-c ${name}=${value.replace(/[\\ \t\n]/g, (char) => `\\${char}`)}`)
    .join(' ');
}

/**
 * One connected client with an error listener: a lost connection rejects the query that waits for
 * it, and never the process. Throws LoanbookError `database_unreachable`, `database_not_migrated`.
 */
export async function openClient(
  target: DatabaseTarget,
  settings: Readonly<Record<string, string>> = {},
  applicationName = 'loanbook',
): Promise<pg.Client> {
  throwIfInterrupted();
  const client = new pg.Client({
    host: target.host,
    port: target.port,
    user: target.user,
    password: target.password,
    database: target.database,
    // Said explicitly: left out, pg would read PGSSLMODE and PGOPTIONS for an embedded server too.
    ssl: target.ssl ?? false,
    options: startupOptions(settings),
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    keepAlive: true,
    types,
  });
  client.on('error', () => undefined);
  try {
    await client.connect();
  } catch (error) {
    destroyClient(client);
    throw connectFailure(target, error);
  }
  cancelWhenInterrupted(client, target);
  targets.set(client, target);
  return client;
}

/** Drops the connection without a word: for a client whose state (a COPY, a lock) is unknown. */
export function destroyClient(client: pg.Client): void {
  const { connection } = client as unknown as { connection: { stream: Duplex } };
  connection.stream.destroy();
}

/** Host, port and database: never the password. */
export function targetEvidence(target: DatabaseTarget): Evidence {
  return { host: target.host, port: target.port, database: target.database, user: target.user };
}

const NEXT_STEP: Readonly<Record<string, string>> = {
  '3D000': 'Create the database, or correct the name in DATABASE_URL or PGDATABASE.',
  '28000': 'Check the user and the server’s pg_hba.conf.',
  '28P01': 'Check the user and the password in DATABASE_URL, PGPASSWORD or ~/.pgpass.',
  '08P01': 'Connect to the server itself: a pooler drops the session settings used here.',
  '53300': 'Wait until connections are free, or raise max_connections.',
  '57P03': 'The server is starting, stopping or recovering: try again in a moment.',
  ENOENT: 'Start the server, or check the socket folder in PGHOST.',
  ENOTFOUND: 'Check the host name in DATABASE_URL or PGHOST.',
};

function connectFailure(target: DatabaseTarget, error: unknown): LoanbookError {
  const sqlstate = sqlStateOf(error);
  const reason = error instanceof Error ? error.message || (sqlstate ?? error.name) : String(error);
  if (sqlstate === '22023' && reason.includes('loanbook_')) {
    return new LoanbookError('database_not_migrated', 'The database has no loan book yet.', {
      evidence: { ...targetEvidence(target), reason },
      next: 'Run `loanbook db migrate`.',
      cause: error,
    });
  }
  // The socket of a server that does not run is not there.
  const isOutage = outageOf(error) !== undefined || sqlstate === 'ENOENT';
  return new LoanbookError('database_unreachable', 'The database does not accept the connection.', {
    exitCode: isOutage ? EXIT.locked : EXIT.failed,
    evidence: { ...targetEvidence(target), reason, sqlstate },
    next:
      NEXT_STEP[sqlstate ?? ''] ??
      'Check that the server runs, and the host and port in DATABASE_URL or PGHOST and PGPORT.',
    cause: error,
  });
}
