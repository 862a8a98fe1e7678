import { cancelImport } from '../../jobs/import/cancel-import.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printOutcome } from '../shell/output.js';

interface Options {
  readonly reason: string;
  readonly dryRun?: boolean;
}

export const command: CommandModule<[string], Options> = {
  configure(cmd) {
    cmd.argument('<import>').requiredOption('--reason <text>').option('--dry-run');
  },
  async run(context, [number], { reason, dryRun = false }) {
    const importId = idArgument(ID.import, number);
    const outcome = await inBook(context, (client) =>
      cancelImport(client, { importId, reason, dryRun }),
    );
    noteDoneBefore(context, outcome.outcome);
    printOutcome(context, { ...outcome, dryRun: context.json || dryRun ? dryRun : undefined });
    return undefined;
  },
};
