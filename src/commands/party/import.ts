import { importParties, type PartyImportOutcome } from '../../jobs/parties/import-parties.js';
import type { CommandModule } from '../shell/command-module.js';
import type { CommandContext } from '../shell/context.js';
import { countOption } from '../shell/count-option.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { keySourceOf } from '../shell/key-source-of.js';
import { noteRejects } from '../shell/note-rejects.js';
import { printJson, printRecord } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';
import { fileBars } from '../shell/progress.js';
import {
  configureRegistry,
  importNamed,
  type RegistryFlags,
  requireOneSource,
} from '../shell/register/from-registry.js';
import { senderSays } from '../shell/sender-options.js';
import { configureWait, waitsOf } from '../shell/wait-option.js';

interface Flags extends RegistryFlags {
  readonly layout?: string;
  readonly maxRejects?: string;
  readonly rejectFile?: string;
  readonly rows?: string;
  readonly unterminated?: boolean;
  readonly wait?: string;
  readonly by?: string;
}

export const command: CommandModule<[string | undefined], Flags> = {
  configure(cmd) {
    cmd
      .argument('[file]')
      .option('--layout <layout>')
      .option('--max-rejects <count>')
      .option('--reject-file <file>')
      .option('--rows <count>')
      .option('--unterminated')
      .option('--dry-run')
      .option('--by <name>');
    configureRegistry(cmd);
    configureWait(cmd);
  },
  async run(context, [file], flags) {
    requireOneSource(file, flags);
    const { layout, rejectFile, dryRun, rows, unterminated, by } = flags;
    const maxRejects = countOption('--max-rejects', flags.maxRejects, 0, 999_999_999);
    const says = senderSays({ rows, unterminated });
    const bars = fileBars(context, 'party');
    const onProgress = (done: number, total: number) => bars.onProgress('import', done, total);
    const options = {
      ...{ layout, keys: keySourceOf(context), says, maxRejects, rejectFile, dryRun },
      named: { by, book: context.namedBook },
      ...{ waits: waitsOf(context, flags), signal: context.signal, onProgress },
    };
    const actor = { by, act: 'import', isNamed: false } as const;
    const { outcomes, isRegistry } = await actInBook(context, actor, (client) =>
      importNamed(client, {
        ...{ context, kind: 'parties', file, flags },
        importOne: (session, from) => importParties(session, { ...options, ...from }),
      }),
    ).finally(bars.finish);
    if (context.json) printJson(context.stdout, isRegistry ? { files: outcomes } : outcomes[0]);
    else for (const outcome of outcomes) show(context, outcome);
    return undefined;
  },
};

function show(context: CommandContext, outcome: PartyImportOutcome): void {
  const { provedBy, importId, rejectedByRule, rejectFile, rejects, next, dryRun, ...counts } =
    outcome;
  printRecord(context.stdout, {
    ...counts,
    provedBy: provedBy.join(', '),
    rejectFile: rejectFile ?? undefined,
    importId: importId ?? undefined,
    dryRun: dryRun || undefined,
  });
  noteRejects(context, {
    rejected: outcome.rejected,
    byRule: rejectedByRule,
    shown: rejects,
    file: rejectFile,
    next,
  });
  if (outcome.rejected === 0) noteDoneBefore(context, outcome.outcome);
}
