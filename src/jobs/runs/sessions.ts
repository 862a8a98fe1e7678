import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { targetOf } from '../../db/client.js';
import {
  type ConnectOptions,
  connect,
  destroyClient,
  sqlStateOf,
  withClient,
} from '../../db/connect.js';
import { throwIfInterrupted } from '../../db/interrupt.js';
import type { DatabaseTarget } from '../../db/target.js';
import { inOwnWords, LEASE_SECONDS, type RunClaim } from './lease.js';

/**
 * The server ends a transaction in which nothing is asked for so long: a process that is frozen in
 * the midst of one, where nobody else may end it.
 */
const IDLE_IN_TRANSACTION_MS = LEASE_SECONDS * 3_000;

/**
 * Keeps the session with the run, so that whoever takes the run over may end it. Throws
 * LoanbookError `run_lost` (75) where that has happened.
 */
export async function keepSession(client: pg.Client, run: RunClaim): Promise<void> {
  await inOwnWords(client, run, async () => {
    await client.query(
      `SELECT keep_session($1, $2), set_config('idle_in_transaction_session_timeout', $3, false)`,
      [run.runId, run.token, String(IDLE_IN_TRANSACTION_MS)],
    );
  });
}

/** A session of a run. Throws what `connect` and `keepSession` throw. */
export async function connectForRun(
  target: DatabaseTarget,
  run: RunClaim,
  options: ConnectOptions,
): Promise<pg.Client> {
  const client = await connect(target, options);
  try {
    await keepSession(client, run);
  } catch (error) {
    destroyClient(client);
    throw error;
  }
  return client;
}

/** As `withClient`, with a session of a run. */
export async function withRunClient<T>(
  target: DatabaseTarget,
  run: RunClaim,
  options: ConnectOptions,
  fn: (client: pg.Client) => Promise<T>,
): Promise<T> {
  return withClient(target, options, async (client) => {
    await keepSession(client, run);
    return fn(client);
  });
}

const GONE_POLL_MS = 20;
/** A session that is told to end does so within milliseconds, whatever it is at. */
const GONE_MS_MAX = 5_000;

/**
 * Ends the sessions of a run whose holder lost it, and waits until they are gone. Returns how many
 * are left because no role of ours may end them: of another login, where the owner's role is no
 * member of `pg_signal_backend`. Their transactions cannot commit any more.
 */
export async function endLostSessions(client: pg.Client, runId: number): Promise<number> {
  const giveUpAt = performance.now() + GONE_MS_MAX;
  for (;;) {
    let isRefused = await tell(client, runId, 'end_lost_sessions_as_owner');
    if (isRefused) isRefused = await tellAsLogin(client, runId);
    const left = await lostSessions(client, runId);
    if (left === 0 || isRefused || performance.now() > giveUpAt) return left;
    throwIfInterrupted();
    await sleep(GONE_POLL_MS);
  }
}

/** Whether a session may not be ended so. */
async function tell(
  client: pg.Client,
  runId: number,
  by: 'end_lost_sessions' | 'end_lost_sessions_as_owner',
): Promise<boolean> {
  const sql = `SELECT ended FROM loanbook.${by}($1)`;
  const { rows } = await client.query<{ ended: boolean }>(sql, [runId]);
  return rows.some(({ ended }) => !ended);
}

const NOT_PERMITTED = '42501';

/** A superuser's sessions are ended by a superuser, those of a login by itself. */
async function tellAsLogin(client: pg.Client, runId: number): Promise<boolean> {
  const own = { role: 'login', applicationName: 'loanbook takeover' } as const;
  try {
    return await withClient(targetOf(client), own, (login) =>
      tell(login, runId, 'end_lost_sessions'),
    );
  } catch (error) {
    if (sqlStateOf(error) === NOT_PERMITTED) return true;
    throw error;
  }
}

export async function lostSessions(client: pg.Client, runId: number): Promise<number> {
  const { rowCount } = await client.query('SELECT FROM lost_sessions($1)', [runId]);
  return rowCount ?? 0;
}

/** A session of a lost run that is in a transaction. */
export interface BusySession {
  readonly pid: number;
  readonly login: string;
}

/**
 * Those of the lost sessions that may hold what others need. Idle ones are in nobody's way, and
 * whoever is in a transaction has the lock of its own number.
 */
export async function busyLostSessions(client: pg.Client, runId: number): Promise<BusySession[]> {
  const { rows } = await client.query<BusySession>(
    `SELECT pid, coalesce(usename, '') AS login
     FROM lost_sessions($1) JOIN pg_stat_activity USING (pid)
     WHERE EXISTS (SELECT FROM pg_locks WHERE locktype = 'virtualxid' AND granted
       AND pg_locks.pid = pg_stat_activity.pid)
     ORDER BY pid`,
    [runId],
  );
  return rows;
}
