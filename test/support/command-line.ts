import { Readable } from 'node:stream';
import type { DatabaseTarget } from '../../src/db/target.js';
import { type Captured, capture } from '../commands/shell/captured-host.js';

export type RunLine = (args: readonly string[], stdin?: string | Buffer) => Promise<Captured>;

/** The variables by which a command finds a test database. */
export function environmentOf({ host, port, user, password, database }: DatabaseTarget) {
  return {
    PGHOST: host,
    PGPORT: String(port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  };
}

/** Runs command lines in this process on a test database; `folder` is the folder of the book. */
export function commandLine(target: DatabaseTarget, folder: string): RunLine {
  const env = environmentOf(target);
  return (args, stdin) => {
    const input = stdin === undefined ? undefined : Readable.from([Buffer.from(stdin)]);
    return capture(['--book', folder, ...args], { env, stdin: input });
  };
}
