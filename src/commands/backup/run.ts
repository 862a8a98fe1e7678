import { statSync } from 'node:fs';
import { EXIT, LoanbookError } from '../../errors.js';
import { takeStanza } from '../../jobs/backup/pgbackrest/stanza-backup.js';
import { takeBase } from '../../jobs/backup/take-base.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { printOutcome } from '../shell/output.js';
import { backupStore, bytesBar } from './backup-store.js';
import { stanzaOf } from './stanza-option.js';

interface Flags {
  readonly to?: string;
  readonly stanza?: string;
  readonly full?: boolean;
}

export const command: CommandModule<[], Flags> = {
  configure(cmd) {
    cmd.option('--to <folder>').option('--stanza <name>').option('--full');
  },
  async run(context, _args, { to, stanza: asked, full }) {
    const outside = stanzaOf(context, asked);
    if (outside === undefined) return runBase(context, to, full);
    if (to !== undefined) throw needless('--to', 'the repository of the stanza');
    const { target, stanza } = outside;
    const { line, book } = await takeStanza(target, stanza, full ?? false);
    const { hash: chainHash, ...taken } = line;
    printOutcome(context, { ...taken, stanza: stanza.name, chainHash, keys: book.keys });
    noteKeys(context, book.keys);
    return undefined;
  },
};

async function runBase(context: CommandContext, to?: string, full?: boolean): Promise<undefined> {
  if (full !== undefined) throw needless('--full', 'every backup of the embedded server');
  const { bookFolder, signal } = context;
  const store = backupStore(context, to);
  const bar = bytesBar(context, 'backup');
  const { onBytes } = bar;
  const manifest = await takeBase({ bookFolder, store, signal, onBytes }).finally(bar.finish);
  const { backup, kind, takenAt, bytes, files, book } = manifest;
  const { sealedDay: day, chainHash, keys } = book;
  const size = { bytes, files: files.length };
  printOutcome(context, { backup, kind, folder: store, takenAt, ...size, day, chainHash, keys });
  noteKeys(context, keys);
  if (statSync(store).dev === statSync(bookFolder).dev) {
    context.note('It lies on the disk of the book: copy it to another machine, or use --to.');
  }
  return undefined;
}

function noteKeys(context: CommandContext, keys: readonly string[]): void {
  if (keys.length === 0) return;
  context.note('The master keys are not in it: keep them apart, and have them for a restore.');
}

function needless(option: string, what: string): LoanbookError {
  return new LoanbookError('option_needless', `${option} can do nothing here.`, {
    exitCode: EXIT.usage,
    evidence: { option, isAlready: what },
    next: 'Leave it away.',
  });
}
