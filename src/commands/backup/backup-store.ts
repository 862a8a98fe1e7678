import { join, resolve } from 'node:path';
import type { BackupPlace } from '../../jobs/backup/known-backups.js';
import type { CommandContext } from '../shell/context.js';
import { stanzaOf } from './stanza-option.js';

/** The folder of backups: an option, else LOANBOOK_BACKUPS, else `backups` in the book's folder. */
export function backupStore(
  { env, bookFolder }: Pick<CommandContext, 'env' | 'bookFolder'>,
  asked: string | undefined,
): string {
  return resolve(asked || env.LOANBOOK_BACKUPS || join(bookFolder, 'backups'));
}

/**
 * Where the backups of a book are: in a folder that is named, whatever server the book is on, else
 * in the stanza of its server. Throws as `stanzaOf`.
 */
export function backupPlaceOf(
  context: Pick<CommandContext, 'env' | 'bookFolder' | 'signal'>,
  named: { readonly in?: string; readonly stanza?: string } = {},
): BackupPlace {
  const outside = named.in === undefined ? stanzaOf(context, named.stanza) : undefined;
  return { store: backupStore(context, named.in), stanza: outside?.stanza };
}

const MEGABYTE = 1 << 20;

/** A bar of bytes that are copied; their sum is known with the first of them. */
export function bytesBar(context: CommandContext, label: string) {
  let bar: ReturnType<CommandContext['progress']> | undefined;
  let done = 0;
  let shown = 0;
  return {
    onBytes(bytes: number, total: number) {
      bar ??= context.progress({ label, total: Math.ceil(total / MEGABYTE), unit: 'MB' });
      done += bytes;
      const whole = Math.floor(done / MEGABYTE);
      bar.advance(whole - shown);
      shown = whole;
    },
    finish: () => bar?.finish(),
  };
}
