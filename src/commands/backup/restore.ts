import { externalTarget } from '../../db/resolve-target.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { restoreBase } from '../../jobs/backup/restore-base.js';
import { folderOf } from '../../jobs/backup/store.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';
import { backupStore, bytesBar } from './backup-store.js';

interface Flags {
  readonly in?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd.argument('<backup>').option('--in <folder>');
  },
  async run(context, [named], flags) {
    const { bookFolder, signal, env } = context;
    const external = externalTarget(env);
    if (external !== undefined) throw serverNamed(external.host, external.port);
    const folder = folderOf(backupStore(context, flags.in), named);
    const bar = bytesBar(context, 'restore');
    const options = { folder, bookFolder, signal, onBytes: bar.onBytes };
    const { manifest, day, chainHash } = await restoreBase(options).finally(bar.finish);
    const { backup, files, bytes, book } = manifest;
    printOutcome(context, {
      ...{ backup, outcome: 'restored', book: bookFolder, files: files.length, bytes },
      ...{ day, chainHash, keys: book.keys },
    });
    context.note('Now `loanbook db migrate`, `loanbook check chain` and `loanbook eod status`.');
    if (book.keys.length > 0) {
      context.note('Bring the master keys too: `loanbook keys list` names those it needs.');
    }
    return undefined;
  },
};

function serverNamed(host: string, port: number): LoanbookError {
  return new LoanbookError('server_not_managed', 'A backup is restored into an embedded server.', {
    exitCode: EXIT.usage,
    evidence: { host, port },
    next: 'Unset DATABASE_URL and the PG* variables; docs/backup.md has the way of pgBackRest.',
  });
}
