import { cancelImport } from '../../jobs/import/cancel-import.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

interface Options {
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly by?: string;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<import>').requiredOption('--reason <text>').option('--dry-run');
    cmd.option('--by <name>');
  },
  async run(context, [number], { reason, dryRun = false, by }) {
    const importId = idArgument(ID.import, number);
    const actor = { by, act: 'import_cancel', isNamed: false } as const;
    const outcome = await actInBook(context, actor, (client) =>
      cancelImport(client, { importId, reason, dryRun }),
    );
    noteDoneBefore(context, outcome.outcome);
    if ((outcome.notReturned ?? 0) > 0) {
      context.note('What the delta had replaced does not come back: bring it again by a file.');
    }
    printOutcome(context, { ...outcome, dryRun: context.json || dryRun ? dryRun : undefined });
    return undefined;
  },
};
