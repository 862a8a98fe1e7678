import { verifyBase } from '../../jobs/backup/restore-base.js';
import { folderOf, newestIn } from '../../jobs/backup/store.js';
import { CHECK_SETTINGS } from '../../jobs/eod/run/finish-day.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';
import { backupStore, bytesBar } from './backup-store.js';

interface Flags {
  readonly in?: string;
}

export const command: CommandModule<[string | undefined], Flags> = {
  configure(cmd) {
    cmd.argument('[backup]').option('--in <folder>');
  },
  async run(context, [named], flags) {
    const { bookFolder, signal } = context;
    const store = backupStore(context, flags.in);
    const folder = named === undefined ? newestIn(store) : folderOf(store, named);
    const bar = bytesBar(context, 'restore beside');
    const options = { folder, bookFolder, signal, settings: CHECK_SETTINGS, onBytes: bar.onBytes };
    const { manifest, trial, days } = await verifyBase(options).finally(bar.finish);
    const { backup, provenAt, day, chainHash } = trial;
    printOutcome(context, {
      ...{ backup, outcome: 'proven', files: manifest.files.length, bytes: manifest.bytes },
      ...{ server: manifest.book.server, day, chainHash, days, provenAt },
    });
    return undefined;
  },
};
