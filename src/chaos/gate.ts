import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { RunningCommand } from './command.js';

const POLL_MS = 2;

/** Holds a job at a moment that would be over before anybody saw it. */
export interface Gate {
  /** The folder that tells the job where to wait, if it does so by itself. */
  readonly barriers?: string;
  /** Until the command waits there; false: it was over without. */
  reached(command: RunningCommand): Promise<boolean>;
  open(): Promise<void>;
}

/** At a place in its code; see `jobs/runs/barrier.ts`. */
export function barrierGate(folder: string, place: string): Gate {
  mkdirSync(folder);
  const file = join(folder, place);
  writeFileSync(file, '');
  return {
    barriers: folder,
    reached: (command) => whileRunning(command, async () => existsSync(`${file}.reached`)),
    open: async () => rmSync(file),
  };
}

/** At the statement that writes a table, which may be read meanwhile. */
export async function tableGate(client: pg.Client, table: string): Promise<Gate> {
  const { processID } = client as unknown as { processID: number };
  await client.query(`BEGIN; LOCK TABLE "${table}" IN SHARE MODE`);
  const isWaitedFor = async () => {
    // A transaction sees the other sessions as they were at its first look.
    await client.query('SELECT pg_stat_clear_snapshot()');
    const { rowCount } = await client.query(
      'SELECT FROM pg_locks WHERE NOT granted AND $1 = ANY (pg_blocking_pids(pid))',
      [processID],
    );
    return (rowCount ?? 0) > 0;
  };
  return {
    reached: (command) => whileRunning(command, isWaitedFor),
    async open() {
      await client.query('ROLLBACK');
      await client.end();
    },
  };
}

async function whileRunning(
  command: RunningCommand,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  while (!command.isOver()) {
    if (await holds()) return true;
    await sleep(POLL_MS);
  }
  return false;
}
