import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { EXIT, LoanbookError } from '../errors.js';
import { startEmbedded } from './embedded/embedded.js';
import type { DatabaseTarget } from './target.js';

const PORT_DEFAULT = 5432;
const DEBIAN_SOCKET_FOLDER = '/var/run/postgresql';
const NO_HOST = 'no-host.invalid';
const SSL_MODES_OFF = new Set(['', 'disable', 'allow', 'prefer']);
const SSL_MODES_ON = new Set(['require', 'verify-ca', 'verify-full']);

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The database of a book: DATABASE_URL, else the PG* variables, else the embedded server in the
 * book's folder, which is started when it does not run. Throws LoanbookError
 * `database_url_invalid`, or what startEmbedded throws.
 */
export async function resolveTarget(
  bookFolder: string,
  env: Environment = process.env,
): Promise<DatabaseTarget> {
  return externalTarget(env) ?? (await startEmbedded(bookFolder));
}

/** The server that the environment names, or undefined when it names none. */
export function externalTarget(env: Environment): DatabaseTarget | undefined {
  if (env.DATABASE_URL) return targetOfUrl(env.DATABASE_URL, env);
  if (env.PGHOST || env.PGDATABASE || env.PGUSER) return targetOfVariables(env);
  return undefined;
}

function targetOfVariables(env: Environment): DatabaseTarget {
  const user = env.PGUSER || userInfo().username;
  return {
    host: env.PGHOST || defaultHost(),
    port: portOf(env.PGPORT),
    user,
    password: env.PGPASSWORD || undefined,
    database: env.PGDATABASE || user,
    ssl: sslOf(env.PGSSLMODE ?? ''),
  };
}

function targetOfUrl(text: string, env: Environment): DatabaseTarget {
  const url = parseUrl(text);
  const query = url.searchParams;
  const user = decoded(url.username) || query.get('user') || env.PGUSER || userInfo().username;
  return {
    host: query.get('host') || hostOf(url) || env.PGHOST || defaultHost(),
    port: portOf(url.port || query.get('port') || env.PGPORT),
    user,
    password: decoded(url.password) || query.get('password') || env.PGPASSWORD || undefined,
    database: decoded(url.pathname.slice(1)) || query.get('dbname') || user,
    ssl: sslOf(query.get('sslmode') ?? env.PGSSLMODE ?? ''),
  };
}

/** Never shows the text: it may hold a password. */
function parseUrl(text: string): URL {
  if (/^postgres(ql)?:\/\//.test(text)) {
    // libpq allows a user without a host (the socket); URL does not.
    const named = text.replace(/^([a-z]+:\/\/[^/?#]*@)(?=[:/?#]|$)/, `$1${NO_HOST}`);
    if (URL.canParse(named)) return new URL(named);
  }
  throw invalid('It must look like postgres://user:password@host:5432/database.');
}

/** URL keeps the brackets of an IPv6 address, and the escapes of a socket's folder. */
function hostOf(url: URL): string {
  const host = decoded(url.hostname).replace(/^\[(.*)\]$/, '$1');
  return host === NO_HOST ? '' : host;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw invalid('A percent sign in it must be written %25.');
  }
}

function defaultHost(): string {
  return existsSync(DEBIAN_SOCKET_FOLDER) ? DEBIAN_SOCKET_FOLDER : 'localhost';
}

function portOf(text: string | undefined): number {
  if (!text) return PORT_DEFAULT;
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw invalid('The port must be a number from 1 to 65535.', { port: text });
  }
  return port;
}

/** `require` verifies the certificate here too: there is no mode that encrypts to a stranger. */
function sslOf(mode: string): boolean {
  if (SSL_MODES_OFF.has(mode)) return false;
  if (SSL_MODES_ON.has(mode)) return true;
  throw invalid('The sslmode is not known.', { sslmode: mode });
}

function invalid(message: string, evidence: Record<string, string> = {}): LoanbookError {
  return new LoanbookError('database_url_invalid', `The database address is wrong. ${message}`, {
    exitCode: EXIT.usage,
    evidence,
    next: 'Correct DATABASE_URL or the PG* variables, or unset them for the embedded server.',
  });
}
