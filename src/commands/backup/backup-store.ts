import { join, resolve } from 'node:path';
import type { CommandContext } from '../shell/context.js';

/** The folder of backups: an option, else LOANBOOK_BACKUPS, else `backups` in the book's folder. */
export function backupStore(
  { env, bookFolder }: Pick<CommandContext, 'env' | 'bookFolder'>,
  asked: string | undefined,
): string {
  return resolve(asked || env.LOANBOOK_BACKUPS || join(bookFolder, 'backups'));
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
