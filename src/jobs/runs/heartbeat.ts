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

/**
 * Renews the run's lease while its job goes on, over a session of its own: the other one is in the
 * midst of a transaction as often as not. A session that is lost is opened again; `lost` fires
 * when somebody else took the run, or when the lease ran out meanwhile.
 */
export class Heartbeat {
  readonly #lost = new AbortController();
  readonly #target: DatabaseTarget;
  readonly #run: RunClaim;
  readonly #timer: NodeJS.Timeout;
  #client: pg.Client | undefined;
  #beat: Promise<void> | undefined;
  #renewedAt = performance.now();

  constructor(target: DatabaseTarget, run: RunClaim) {
    this.#target = target;
    this.#run = run;
    this.#timer = setInterval(() => {
      this.#beat ??= this.#renew().finally(() => {
        this.#beat = undefined;
      });
    }, HEARTBEAT_MS);
    this.#timer.unref();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#beat;
    await this.#client?.end();
  }

  async #renew(): Promise<void> {
    try {
      const applicationName = `loanbook lease ${this.#run.runId}`;
      this.#client ??= await connectForRun(this.#target, this.#run, { applicationName });
      if (await renewRun(this.#client, this.#run)) this.#renewedAt = performance.now();
      else await requireHeld(this.#client, this.#run);
    } catch (error) {
      if (isLost(error)) {
        this.#lost.abort(error);
        return;
      }
      if (this.#client !== undefined) destroyClient(this.#client);
      this.#client = undefined;
      const silentMs = performance.now() - this.#renewedAt;
      if (silentMs > LEASE_SECONDS * 1000) this.#lost.abort(error);
    }
  }
}
