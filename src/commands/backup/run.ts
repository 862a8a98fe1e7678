import { statSync } from 'node:fs';
import { externalTarget } from '../../db/resolve-target.js';
import { EXIT, LoanbookError } from '../../errors.js';
import { takeBase } from '../../jobs/backup/take-base.js';
import type { CommandModule } from '../shell/command-module.js';
import { printOutcome } from '../shell/output.js';
import { backupStore, bytesBar } from './backup-store.js';

interface Flags {
  readonly to?: string;
}

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    cmd.option('--to <folder>');
  },
  async run(context, _args, { to }) {
    const { bookFolder, signal } = context;
    const external = externalTarget(context.env);
    if (external !== undefined) throw notManaged(external.host, external.port);
    const store = backupStore(context, to);
    const bar = bytesBar(context, 'backup');
    const { onBytes } = bar;
    const manifest = await takeBase({ bookFolder, store, signal, onBytes }).finally(bar.finish);
    const { backup, kind, takenAt, bytes, files, book } = manifest;
    const { sealedDay: day, chainHash, keys } = book;
    const size = { bytes, files: files.length };
    printOutcome(context, { backup, kind, folder: store, takenAt, ...size, day, chainHash, keys });
    if (keys.length > 0) {
      context.note(
        'The master keys are not in it: keep them apart, and have them when it is restored.',
      );
    }
    if (statSync(store).dev === statSync(bookFolder).dev) {
      context.note('It lies on the disk of the book: copy it to another machine, or use --to.');
    }
    return undefined;
  },
};

function notManaged(host: string, port: number): LoanbookError {
  return new LoanbookError('server_not_managed', 'loanbook does not manage this server.', {
    exitCode: EXIT.usage,
    evidence: { host, port },
    next: 'Back it up with tools of its own, such as pgBackRest; docs/backup.md has how.',
  });
}
