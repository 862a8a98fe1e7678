import type pg from 'pg';
import { connect, destroyClient } from '../../../db/connect.js';
import { isSessionLost } from '../../../db/outage.js';
import type { DatabaseTarget } from '../../../db/target.js';
import { type Duration, MINUTE } from '../../../operations/clock/instant.js';
import type { Clock } from './clock.js';

const TRIES = 5;
/** Trials of kills wait shorter; whoever runs a book never sets it. */
const WAIT: Duration = Number(process.env.LOANBOOK_AWAY_MS) || MINUTE;

export interface AwayOptions {
  readonly clock: Clock;
  /** Ends the waiting: what was asked last is thrown. */
  readonly stop: AbortSignal;
  onAway(error: unknown, attempt: number): void;
}

/**
 * A session that is opened again where the database was away: what is asked of it is asked up to
 * five times, a minute apart, and must be safe to repeat. Throws what the last try threw.
 */
export class LastingSession {
  readonly #target: DatabaseTarget;
  readonly #options: AwayOptions;
  #client: pg.Client | undefined;

  constructor(target: DatabaseTarget, options: AwayOptions) {
    this.#target = target;
    this.#options = options;
  }

  async ask<T>(fn: (client: pg.Client) => Promise<T>): Promise<T> {
    const { clock, stop, onAway } = this.#options;
    for (let attempt = 1; ; attempt += 1) {
      try {
        this.#client ??= await connect(this.#target, { applicationName: 'loanbook night' });
        return await fn(this.#client);
      } catch (error) {
        if (!isSessionLost(error)) throw error;
        if (this.#client !== undefined) destroyClient(this.#client);
        this.#client = undefined;
        if (attempt === TRIES || stop.aborted) throw error;
        onAway(error, attempt);
        const at = clock.now() + WAIT;
        while (clock.now() < at && !stop.aborted) await clock.until(at, stop);
      }
    }
  }

  async end(): Promise<void> {
    await this.#client?.end().catch(() => undefined);
    this.#client = undefined;
  }
}
