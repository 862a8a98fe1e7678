import { existsSync } from 'node:fs';
import type pg from 'pg';
import { connect } from '../../db/connect.js';
import { embeddedStatus } from '../../db/embedded/embedded.js';
import { type Environment, externalTarget, resolveTarget } from '../../db/resolve-target.js';
import type { DatabaseTarget } from '../../db/target.js';
import { LoanbookError } from '../../errors.js';
import type { BackupPlace } from '../backup/known-backups.js';
import type { KeySource } from '../parties/key-source.js';

/** What is looked at: the machine, the folder of the book, its keys and its database. */
export interface House {
  readonly bookFolder: string;
  readonly keys: KeySource;
  /** Where its backups are. Throws where the environment does not tell it. */
  backups(): BackupPlace;
  /** Versions of Node and of its time zone data. */
  readonly node: string;
  /** Milliseconds since 1970, by the clock of this machine. */
  now(): number;
  /** As many as a close uses. */
  readonly workers: number;
  /** The zones that the book and its plans go by. */
  readonly zones: readonly string[];
  /** One session for all that is asked. Throws what it took to open it, each time. */
  client(): Promise<pg.Client>;
  /** Where the server's data are on this machine; undefined: on another one. */
  dataFolder(): Promise<string | undefined>;
}

export type HousePlace = Pick<
  House,
  'bookFolder' | 'keys' | 'backups' | 'node' | 'now' | 'workers' | 'zones'
> & {
  readonly env: Environment;
};

/** A statement that takes longer is not waited for: the rest is told without it. */
const STATEMENT_TIMEOUT = '60s';

/** Looks at a house; the session is closed afterwards. */
export async function inHouse<T>(place: HousePlace, fn: (house: House) => Promise<T>): Promise<T> {
  let opening: Promise<pg.Client> | undefined;
  const client = () => {
    opening ??= open(place);
    return opening;
  };
  try {
    return await fn({ ...place, client, dataFolder: () => dataFolder(place, client) });
  } finally {
    const opened = await opening?.catch(() => undefined);
    await opened?.end().catch(() => undefined);
  }
}

/** As the login itself: whoever may look at less than the batch role is told so. */
async function open({ bookFolder, env }: HousePlace): Promise<pg.Client> {
  if (externalTarget(env) === undefined) await requireInstalled(bookFolder);
  const target = await resolveTarget(bookFolder, env);
  return connect(target, {
    role: 'login',
    applicationName: 'loanbook doctor',
    settings: { statement_timeout: STATEMENT_TIMEOUT },
  });
}

/** A server that is not there yet is not made by who only looks. */
async function requireInstalled(bookFolder: string): Promise<void> {
  const { installed } = await embeddedStatus(bookFolder);
  if (installed) return;
  throw new LoanbookError('no_database', 'The book has no database yet.', {
    evidence: { book: bookFolder },
    next: 'Run `loanbook init`, or name a server with DATABASE_URL.',
  });
}

async function dataFolder(
  { bookFolder, env }: HousePlace,
  client: () => Promise<pg.Client>,
): Promise<string | undefined> {
  const external = externalTarget(env);
  if (external === undefined) return (await embeddedStatus(bookFolder)).dataFolder;
  if (!isHere(external)) return undefined;
  const { rows } = await (await client()).query<{ folder: string }>(
    `SELECT current_setting('data_directory') AS folder`,
  );
  const folder = rows[0]?.folder ?? '';
  return existsSync(folder) ? folder : undefined;
}

function isHere({ host }: DatabaseTarget): boolean {
  return host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host);
}
