import { listStanza } from '../../jobs/backup/pgbackrest/stanza-backup.js';
import { type BackupLine, listStore, trialsIn } from '../../jobs/backup/store.js';
import type { CommandContext } from '../shell/context.js';
import { backupStore } from './backup-store.js';
import { stanzaOf } from './stanza-option.js';

export interface KnownBackups {
  /** The newest first. */
  readonly backups: readonly BackupLine[];
  /** Of the newest one that is whole. */
  readonly lastTakenAt: string | null;
  /** When a restore was proven last, also of a backup that is no longer there. */
  readonly lastProvenAt: string | null;
}

/**
 * The backups of a book, and when the last of them was made and proven: in a folder that is named
 * whatever server the book is on, else of the stanza of its server. Throws as `stanzaOf` does, and
 * what pgBackRest fails with.
 */
export async function knownBackups(
  context: CommandContext,
  named: { readonly in?: string; readonly stanza?: string } = {},
): Promise<KnownBackups> {
  const store = backupStore(context, named.in);
  const outside = named.in === undefined ? stanzaOf(context, named.stanza) : undefined;
  const backups = await (outside === undefined
    ? listStore(store)
    : listStanza(outside.stanza, store));
  const provenAt = [...(await trialsIn(store)).values()].map((trial) => trial.provenAt).sort();
  return {
    backups,
    lastTakenAt: backups.find(({ kind }) => kind !== 'damaged')?.takenAt ?? null,
    lastProvenAt: provenAt.at(-1) ?? null,
  };
}
