import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { RunningCommand } from './command.js';

const POLL_MS = 2;

/**
 * Holds a job at the statement that writes a table: it may be read meanwhile. So a fault meets a
 * moment that would be over before anybody saw it.
 */
export class Gate {
  readonly #client: pg.Client;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async close(client: pg.Client, table: string): Promise<Gate> {
    await client.query(`BEGIN; LOCK TABLE "${table}" IN SHARE MODE`);
    return new Gate(client);
  }

  /** Until the command waits there; false: it was over without. */
  async reached(command: RunningCommand): Promise<boolean> {
    const { processID } = this.#client as unknown as { processID: number };
    while (!command.isOver()) {
      // A session of its own transaction sees the others as they were at its first look.
      await this.#client.query('SELECT pg_stat_clear_snapshot()');
      const { rowCount } = await this.#client.query(
        'SELECT FROM pg_locks WHERE NOT granted AND $1 = ANY (pg_blocking_pids(pid))',
        [processID],
      );
      if ((rowCount ?? 0) > 0) return true;
      await sleep(POLL_MS);
    }
    return false;
  }

  async open(): Promise<void> {
    await this.#client.query('ROLLBACK');
    await this.#client.end();
  }
}
