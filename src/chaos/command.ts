import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { DatabaseTarget } from '../db/target.js';
import { packageRoot } from '../package-root.js';

/** Nothing here takes a second; one that is not done by then is stuck. */
const STUCK_MS = 180_000;

/** So short that a frozen process can be waited out, and long beside what a pause may be. */
const LEASE_SECONDS = 3;
/** How long a night waits for a server that is away: it is back after a second. */
const AWAY_MS = 1_000;

export interface CommandPlace {
  /** Where the log of a defect would be. */
  readonly bookFolder: string;
  /** A folder whose files name the places at which it is held. */
  readonly barriers?: string;
}

export interface EndedCommand {
  readonly words: readonly string[];
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** It did not end by itself. */
  readonly isStuck: boolean;
  readonly milliseconds: number;
}

/** A command of the program in a process of its own. */
export interface RunningCommand {
  readonly words: readonly string[];
  readonly child: ChildProcess;
  readonly ended: Promise<EndedCommand>;
  isOver(): boolean;
}

const running = new Set<ChildProcess>();

/** Runs a command as a user would, on a database that the environment names. */
export function startCommand(
  words: readonly string[],
  { host, port, user, database }: DatabaseTarget,
  { bookFolder, barriers }: CommandPlace,
): RunningCommand {
  const started = performance.now();
  const bin = join(packageRoot, 'bin/loanbook.js');
  const child = spawn(process.execPath, [bin, ...words, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env.PATH ?? '',
      LOANBOOK_HOME: bookFolder,
      LOANBOOK_LEASE_SECONDS: String(LEASE_SECONDS),
      LOANBOOK_AWAY_MS: String(AWAY_MS),
      ...(barriers === undefined ? {} : { LOANBOOK_BARRIERS: barriers }),
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGDATABASE: database,
    },
  });
  running.add(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      output[name] += chunk;
    });
  }
  let isOver = false;
  let isStuck = false;
  const deadline = setTimeout(() => {
    isStuck = true;
    child.kill('SIGKILL');
  }, STUCK_MS);
  const ended = new Promise<EndedCommand>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', () => {
      isOver = true;
    });
    child.once('close', (code, signal) => {
      isOver = true;
      clearTimeout(deadline);
      running.delete(child);
      const milliseconds = performance.now() - started;
      resolve({ words, code, signal, ...output, isStuck, milliseconds });
    });
  });
  return { words, child, ended, isOver: () => isOver };
}

/** At the end, however it comes: one that is stopped would stay for ever. */
export function killCommands(): void {
  for (const child of running) child.kill('SIGKILL');
}
