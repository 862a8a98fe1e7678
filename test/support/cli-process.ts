import { type ChildProcess, spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseTarget } from '../../src/db/target.js';
import { packageRoot } from '../../src/package-root.js';

export interface EndedProcess {
  /** Null: the signal ended it before it could take it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningProcess {
  readonly child: ChildProcess;
  readonly ended: Promise<EndedProcess>;
}

const BIN = join(packageRoot, 'bin/loanbook.js');

/** The variables that name a database to the program. */
export function serverEnv({ host, port, user, database }: DatabaseTarget): Record<string, string> {
  return { PGHOST: host, PGPORT: String(port), PGUSER: user, PGDATABASE: database };
}

/** Starts the program as a process of its own, in an environment that names the database. */
export function startCli(
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  nodeArgs: readonly string[] = [],
): RunningProcess {
  const child = spawn(process.execPath, [...nodeArgs, BIN, ...args], {
    env: {
      PATH: process.env.PATH ?? '',
      LOANBOOK_HOME: join(tmpdir(), 'loanbook-no-book'),
      ...env,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr.on('data', (chunk) => {
    stderr += chunk;
  });
  const ended = new Promise<EndedProcess>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}
