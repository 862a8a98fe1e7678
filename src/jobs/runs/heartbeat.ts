import type pg from 'pg';
import { destroyClient } from '../../db/connect.js';
import type { DatabaseTarget } from '../../db/target.js';
import {
  HEARTBEAT_MS,
  isLost,
  LEASE_SECONDS,
  type RunClaim,
  renewRun,
  requireHeld,
} from './lease.js';
import { connectForRun } from './sessions.js';

/** What is renewed at each beat. */
export interface Lease {
  readonly beatMs: number;
  /** How beats come; what it returns ends them. Left out: by a timer. */
  readonly every?: (ms: number, fn: () => void) => () => void;
  /** Who hears nothing of the database for that long has lost it. */
  readonly silenceMsMax: number;
  /** A session for the lease alone. */
  open(): Promise<pg.Client>;
  /** False where it was not renewed and is nobody else's; throws where it is another's by now. */
  renew(client: pg.Client): Promise<boolean>;
  isLost(error: unknown): boolean;
}

/**
 * Renews a lease while a job goes on, over a session of its own: the other one is in the midst of a
 * transaction as often as not. A session that is lost is opened again; `lost` fires when somebody
 * else has what was leased, or when the lease ran out meanwhile.
 */
export class LeaseKeeper {
  readonly #lost = new AbortController();
  readonly #lease: Lease;
  readonly #endBeats: () => void;
  #client: pg.Client | undefined;
  #beat: Promise<void> | undefined;
  #renewedAt = performance.now();

  constructor(lease: Lease) {
    this.#lease = lease;
    const { beatMs, every = byTimer } = lease;
    this.#endBeats = every(beatMs, () => {
      this.#beat ??= this.#renew().finally(() => {
        this.#beat = undefined;
      });
    });
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async stop(): Promise<void> {
    this.#endBeats();
    await this.#beat;
    await this.#client?.end();
  }

  async #renew(): Promise<void> {
    try {
      this.#client ??= await this.#lease.open();
      if (await this.#lease.renew(this.#client)) this.#renewedAt = performance.now();
    } catch (error) {
      if (this.#lease.isLost(error)) {
        this.#lost.abort(error);
        return;
      }
      if (this.#client !== undefined) destroyClient(this.#client);
      this.#client = undefined;
      const silentMs = performance.now() - this.#renewedAt;
      if (silentMs > this.#lease.silenceMsMax) this.#lost.abort(error);
    }
  }
}

/** Keeps no process from ending. */
export function byTimer(ms: number, fn: () => void): () => void {
  const timer = setInterval(fn, ms);
  timer.unref();
  return () => clearInterval(timer);
}

/** Keeps the lease of a run. */
export class Heartbeat extends LeaseKeeper {
  constructor(target: DatabaseTarget, run: RunClaim) {
    super({
      beatMs: HEARTBEAT_MS,
      silenceMsMax: LEASE_SECONDS * 1000,
      open: () => connectForRun(target, run, { applicationName: `loanbook lease ${run.runId}` }),
      async renew(client) {
        const isRenewed = await renewRun(client, run);
        if (!isRenewed) await requireHeld(client, run);
        return isRenewed;
      },
      isLost,
    });
  }
}
