import type pg from 'pg';
import type { Random } from '../../jobs/generate/random.js';
import type { EndedCommand, RunningCommand } from '../command.js';
import type { House } from '../house.js';
import type { Sight, Watch } from '../observe.js';

/** The moment of a fault: the process that runs the job is stopped, and was looked at. */
export interface Scene {
  readonly house: House;
  readonly database: string;
  readonly command: RunningCommand;
  readonly sight: Sight;
  readonly watch: Watch;
  /** A session that looks at the database of the round. */
  readonly eye: pg.Client;
  readonly random: Random;
  /** Tables that the job needs. */
  readonly tables: readonly string[];
  /** Where the length of the server's log stood. */
  readonly logStart: number;
  /** Lets the process go on. */
  goOn(): void;
  /** Starts the same command once more, by a colleague. */
  startSecond(): RunningCommand;
}

/** A fault that was brought about. */
export interface Strike {
  /** Whether it hit, asked once the process that it met has ended. */
  hit(ended: EndedCommand): boolean | Promise<boolean>;
  /** What the job should have stood and did not. */
  readonly complaint?: string | undefined;
  /** Takes away what still disturbs; then whoever runs the book goes on. */
  undo?(): Promise<void>;
}

export type Fault = (scene: Scene) => Promise<Strike>;

/** Until `holds` does; false: it did not in time. */
export async function eventually(
  holds: () => Promise<boolean>,
  milliseconds: number,
): Promise<boolean> {
  const deadline = performance.now() + milliseconds;
  for (;;) {
    if (await holds()) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
