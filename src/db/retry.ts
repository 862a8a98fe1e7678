import { setTimeout as sleep } from 'node:timers/promises';
import { sqlStateOf } from './client.js';
import { isInterrupted, throwIfInterrupted } from './interrupt.js';
import { isSessionLost } from './outage.js';

/** What can heal by itself, and how long to wait before the first retry (doubled each time). */
const RETRY_DELAY_MS: Readonly<Record<string, number>> = {
  '40001': 20, // serialization_failure
  '40P01': 50, // deadlock_detected
  '55P03': 100, // lock_not_available: lock_timeout ran out
  '55006': 100, // object_in_use: a template database being copied
  '57P01': 500, // admin_shutdown
  '57P02': 500, // crash_shutdown
  '57P03': 250, // cannot_connect_now
  '57P05': 250, // idle_session_timeout
  '25P03': 250, // idle_in_transaction_session_timeout
  '53300': 250, // too_many_connections
  '08000': 250, // connection_exception
  '08001': 250, // sqlclient_unable_to_establish_sqlconnection
  '08003': 250, // connection_does_not_exist
  '08004': 250, // sqlserver_rejected_establishment_of_sqlconnection
  '08006': 250, // connection_failure
  ECONNREFUSED: 250,
  ECONNRESET: 250,
  EPIPE: 250,
  ECONNABORTED: 250,
  ETIMEDOUT: 250,
  EAI_AGAIN: 250,
  ENOENT: 250, // the socket of a server that is being started again
};

/** One that is about to be tried again. */
export interface Retry {
  readonly sqlstate: string;
  readonly attempt: number;
  readonly delayMs: number;
}

interface RetryOptions {
  /** How often `fn` is called at most; 5 when left out. */
  readonly attemptsMax?: number;
  readonly delayMsMax?: number;
  /** What else must hold of an error to try again. */
  readonly only?: (error: unknown) => boolean;
  /** `fn` works on a session that it is given: one that is lost cannot heal. */
  readonly isOneSession?: boolean;
  readonly onRetry?: ((retry: Retry) => void) | undefined;
}

/**
 * Calls `fn` again while it fails with a code of RETRY_DELAY_MS. After a lost connection nobody
 * knows whether a COMMIT arrived, so `fn` must be safe to repeat. Throws the last error.
 */
export async function retrying<T>(
  fn: (attempt: number) => Promise<T>,
  options: RetryOptions = {},
): Promise<T> {
  const attemptsMax = options.attemptsMax ?? 5;
  const delayMsMax = options.delayMsMax ?? 5_000;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await fn(attempt);
    } catch (error) {
      const sqlstate = sqlStateOf(error);
      const firstDelayMs = sqlstate === undefined ? undefined : RETRY_DELAY_MS[sqlstate];
      if (sqlstate === undefined || firstDelayMs === undefined || attempt >= attemptsMax) {
        throw error;
      }
      if (options.only?.(error) === false) throw error;
      if (isInterrupted() || (options.isOneSession === true && isSessionLost(error))) throw error;
      // The jitter keeps two that collided from colliding again.
      const jitter = 0.75 + Math.random() / 2;
      const delayMs = Math.min(firstDelayMs * 2 ** (attempt - 1), delayMsMax) * jitter;
      options.onRetry?.({ sqlstate, attempt, delayMs });
      await sleep(delayMs);
      throwIfInterrupted();
    }
  }
}
