import type pg from 'pg';
import type { Trial } from './documents/manifest.js';
import { stanzaState } from './pgbackrest/info.js';
import type { Stanza } from './pgbackrest/program.js';
import { type BackupLine, type ListedBackup, listStore, trialsIn } from './store.js';

/** Where the backups of a book are: in a folder, or in the stanza of its server. */
export interface BackupPlace {
  /** Where what was proven is kept too. */
  readonly store: string;
  readonly stanza?: Stanza | undefined;
}

export interface KnownBackups {
  /** The newest first. */
  readonly backups: readonly ListedBackup[];
  /** What restores have proven, also of backups that are no longer there. */
  readonly trials: readonly Trial[];
}

/** The backups of a place. Throws LoanbookError `backup_damaged` (3), and as `callPgBackRest`. */
export async function knownBackups({ store, stanza }: BackupPlace): Promise<KnownBackups> {
  const lines: readonly BackupLine[] =
    stanza === undefined
      ? await listStore(store)
      : (await stanzaState(stanza)).backups.map(({ line }) => line);
  const trials = await trialsIn(store);
  const backups = lines.map((line) => {
    const isWhole = line.kind !== 'damaged';
    return { ...line, provenAt: (isWhole && trials.get(line.backup)?.provenAt) || null };
  });
  return { backups, trials: [...trials.values()] };
}

/**
 * PostgreSQL's number of the book's cluster: books may keep their backups in one folder. Undefined:
 * there is no book.
 */
export async function clusterOf(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ system: string }>(
    'SELECT system_identifier::text AS system FROM pg_control_system(), book',
  );
  return rows[0]?.system;
}
