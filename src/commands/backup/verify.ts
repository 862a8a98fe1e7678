import { EXIT, LoanbookError } from '../../errors.js';
import { verifyStanza } from '../../jobs/backup/pgbackrest/stanza-backup.js';
import { verifyBase } from '../../jobs/backup/restore-base.js';
import { folderOf, newestIn } from '../../jobs/backup/store.js';
import { CHECK_SETTINGS } from '../../jobs/eod/run/finish-day.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { printOutcome } from '../shell/output.js';
import { backupStore, bytesBar } from './backup-store.js';
import { stanzaOf } from './stanza-option.js';

interface Flags {
  readonly in?: string;
  readonly stanza?: string;
  readonly at?: string;
}

export const command: CommandModule<[string | undefined], Flags> = {
  configure(cmd) {
    cmd
      .argument('[backup]')
      .option('--in <folder>')
      .option('--stanza <name>')
      .option('--at <instant>');
  },
  async run(context, [label], flags) {
    const { bookFolder, signal, env } = context;
    const outside = flags.in === undefined ? stanzaOf(context, flags.stanza) : undefined;
    const at = instantOption(flags.at);
    if (outside === undefined) return verifyFolder(context, label, flags);
    const store = backupStore(context, undefined);
    const programs = env.LOANBOOK_PG_BIN || undefined;
    const options = { ...outside, label, at, bookFolder, store, programs };
    const more = { signal, settings: CHECK_SETTINGS };
    const { trial, days } = await verifyStanza({ ...options, ...more });
    const { backup, provenAt, day, chainHash } = trial;
    printOutcome(context, { backup, outcome: 'proven', at, day, chainHash, days, provenAt });
    return undefined;
  },
};

async function verifyFolder(
  context: CommandContext,
  named: string | undefined,
  flags: Flags,
): Promise<undefined> {
  if (flags.at !== undefined) throw instantOfFolder(flags.at);
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
}

const INSTANT = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d{1,6})?(Z|[+-]\d{2}(:\d{2})?)$/;

/** An instant says its zone: a wall time of two machines is two instants. */
function instantOption(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const at = Date.parse(text.replace(' ', 'T').replace(/([+-]\d{2})$/, '$1:00'));
  if (INSTANT.test(text) && !Number.isNaN(at)) return new Date(at).toISOString();
  throw new LoanbookError('malformed_instant', '--at is not an instant.', {
    exitCode: EXIT.usage,
    evidence: { option: '--at', value: text },
    next: 'Write it with its zone: 2026-04-01T02:30:00+08:00.',
  });
}

function instantOfFolder(at: string): LoanbookError {
  return new LoanbookError('instant_of_a_folder', 'A base backup is of one moment, its end.', {
    exitCode: EXIT.usage,
    evidence: { option: '--at', value: at },
    next: 'Leave --at away: it is for pgBackRest, which keeps the WAL behind a backup.',
  });
}
