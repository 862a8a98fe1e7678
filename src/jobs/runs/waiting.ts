import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { targetOf } from '../../db/client.js';
import { connect, destroyClient, sqlStateOf } from '../../db/connect.js';
import { throwIfInterrupted } from '../../db/interrupt.js';
import { type Found, inTheWay, type WaitsFor } from './in-the-way.js';
import type { Job } from './lease.js';

export interface Waits {
  /** How long a command waits for others, in all; left out: not for another run. */
  readonly waitMs?: number;
  /** Told when the waiting begins, and when it goes on to another one. */
  readonly onWait?: (waitsFor: WaitsFor) => void;
}

const POLL_MS = 250;
/** For locks of the database where nothing is said, as for every other statement. */
const LOCK_WAIT_MS = 30_000;
/** A lock that was not given in time; two that waited for each other. */
const TRIED_AGAIN = new Set(['55P03', '40P01', '40001']);

/** Locks are waited for in slices: in between it is looked at who has them. */
export const SLICED = `SET LOCAL lock_timeout = '1s'`;

/** What is tried again until it gives something. */
export interface Attempt<T> {
  /** Those that may stand in its way. */
  readonly jobs: readonly Job[];
  /** Undefined: not yet. */
  readonly attempt: () => Promise<T | undefined>;
  /** The error when the time is up; by default the last of `attempt`. */
  readonly over: (waitsFor: WaitsFor) => unknown;
  /** It waits for what the database holds, also where nobody asked to wait for another run. */
  readonly isLock?: boolean;
}

/** The same for what waits for a lock of the database itself. */
export interface LockedWork<T> {
  readonly jobs: readonly Job[];
  readonly work: () => Promise<T>;
  readonly over?: (waitsFor: WaitsFor) => unknown;
}

/** The time that a command has left to wait for others. */
export class Patience {
  #runsMs: number;
  #locksMs: number;
  #told: string | undefined;
  readonly #onWait: Waits['onWait'];

  constructor({ waitMs, onWait }: Waits = {}) {
    this.#runsMs = waitMs ?? 0;
    this.#locksMs = waitMs ?? LOCK_WAIT_MS;
    this.#onWait = onWait;
  }

  /**
   * Calls `attempt` until it gives something or the time is up. Meanwhile whoever stands in its way
   * is told, and the sessions of those that lost their lease are ended.
   */
  until<T>(client: pg.Client, attempt: Attempt<T>): Promise<T> {
    return this.#until(client, attempt, () => (attempt.isLock ? this.#locksMs : this.#runsMs));
  }

  /** `work` runs behind a savepoint of the transaction that is open. */
  async forLock<T>(client: pg.Client, { jobs, work, over }: LockedWork<T>): Promise<T> {
    const inSlice = async () => {
      await client.query(`SAVEPOINT waiting; ${SLICED}`);
      try {
        const value = await work();
        await client.query('SET LOCAL lock_timeout TO DEFAULT; RELEASE waiting');
        return value;
      } catch (error) {
        if (TRIED_AGAIN.has(sqlStateOf(error) ?? '')) {
          await client.query('ROLLBACK TO waiting; RELEASE waiting');
        }
        throw error;
      }
    };
    return this.forTransaction(client, { jobs, work: inSlice, ...(over && { over }) });
  }

  /** `work` is a transaction of its own, `SLICED`. */
  async forTransaction<T>(client: pg.Client, { jobs, work, over }: LockedWork<T>): Promise<T> {
    let failure: unknown;
    const attempt = async () => {
      try {
        return { value: await work() };
      } catch (error) {
        if (!TRIED_AGAIN.has(sqlStateOf(error) ?? '')) throw error;
        failure = error;
        return undefined;
      }
    };
    const last = (waitsFor: WaitsFor) => over?.(waitsFor) ?? failure;
    return (await this.until(client, { jobs, attempt, over: last, isLock: true })).value;
  }

  async #until<T>(
    client: pg.Client,
    { jobs, attempt, over }: Attempt<T>,
    leftMs: () => number,
  ): Promise<T> {
    // The client itself may be in a transaction, in which nothing else is to be done.
    let watcher: pg.Client | undefined;
    try {
      for (;;) {
        const began = performance.now();
        const value = await attempt();
        if (value !== undefined) return value;
        watcher ??= await connect(targetOf(client), { applicationName: 'loanbook wait' });
        const found = await inTheWay(watcher, jobs);
        if (found.isGone) continue;
        if (leftMs() <= 0) throw over(found.waitsFor);
        this.#tell(found);
        throwIfInterrupted();
        await sleep(Math.min(POLL_MS, leftMs()));
        throwIfInterrupted();
        const spentMs = performance.now() - began;
        this.#runsMs -= spentMs;
        this.#locksMs -= spentMs;
      }
    } finally {
      if (watcher !== undefined) destroyClient(watcher);
    }
  }

  #tell({ waitsFor }: Found): void {
    const now = `${waitsFor?.runId} ${waitsFor?.host} ${waitsFor?.pid}`;
    if (now !== this.#told) this.#onWait?.(waitsFor);
    this.#told = now;
  }
}
