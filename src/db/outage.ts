import { EXIT, LoanbookError } from '../errors.js';

/** A fault that is gone in a while, by itself or by whoever runs the server. */
export interface Outage {
  /** Stable, for scripts. */
  readonly code: string;
  readonly message: string;
  readonly next: string;
}

const AGAIN = 'Run the same command again in a while; what had been committed is not done twice.';
const LOST = {
  code: 'connection_lost',
  message: 'The connection to the database was lost.',
  next: AGAIN,
};
const LOCK = {
  code: 'lock_wait',
  message: 'Another session of the database holds what this command needs.',
  next: `${AGAIN} \`SELECT * FROM pg_locks WHERE NOT granted\` shows who waits for whom.`,
};
const STARTING = {
  code: 'server_not_ready',
  message: 'The database server is starting, stopping or recovering.',
  next: AGAIN,
};
const FULL = {
  code: 'too_many_connections',
  message: 'The database server has no connection left.',
  next: `${AGAIN} Or raise max_connections.`,
};
const CANCELLED = {
  code: 'query_cancelled',
  message: 'The database server cancelled a statement of this command.',
  next: AGAIN,
};
const UNREACHABLE = {
  code: 'database_unreachable',
  message: 'The database server cannot be reached.',
  next: AGAIN,
};

/** By SQLSTATE, or Node's code of a socket. */
const OUTAGES: Readonly<Record<string, Outage>> = {
  '08000': LOST,
  '08001': UNREACHABLE,
  '08003': LOST,
  '08004': UNREACHABLE,
  '08006': LOST,
  '57P01': LOST,
  '57P02': LOST,
  '57P05': LOST,
  '25P03': LOST,
  ECONNRESET: LOST,
  ECONNABORTED: LOST,
  EPIPE: LOST,
  ETIMEDOUT: LOST,
  ENETDOWN: UNREACHABLE,
  ENETUNREACH: UNREACHABLE,
  EHOSTUNREACH: UNREACHABLE,
  ECONNREFUSED: UNREACHABLE,
  EAI_AGAIN: UNREACHABLE,
  '57P03': STARTING,
  '53300': FULL,
  '57014': CANCELLED,
  '55P03': LOCK,
  '55006': LOCK,
  '40001': LOCK,
  '40P01': LOCK,
};

/** What pg says without a code where the server's end of a session is gone. */
const LOST_MESSAGE = /^Connection terminated|is not queryable$|^timeout expired$/;
const CONNECTION_FAILURE = '08006';

/** The SQLSTATE (or Node's error code) of an error or of what caused it; undefined without one. */
export function sqlStateOf(error: unknown): string | undefined {
  for (let at = error, depth = 0; at instanceof Error && depth < 5; at = at.cause, depth += 1) {
    const code: unknown = 'code' in at ? at.code : undefined;
    if (at instanceof LoanbookError) continue;
    if (typeof code === 'string') return code;
    if (LOST_MESSAGE.test(at.message)) return CONNECTION_FAILURE;
  }
  return undefined;
}

/** The outage behind an error of the database or of the way to it; undefined: it is none. */
export function outageOf(error: unknown): Outage | undefined {
  return OUTAGES[sqlStateOf(error) ?? ''];
}

/** Whether the session is gone: a new one may do what this one cannot do any more. */
export function isSessionLost(error: unknown): boolean {
  if (error instanceof LoanbookError && error.code === UNREACHABLE.code) {
    return error.exitCode === EXIT.locked;
  }
  const outage = outageOf(error);
  return outage !== undefined && outage !== LOCK && outage !== CANCELLED;
}
