import { withClient } from '../../db/connect.js';
import { requireMigrated } from '../../db/migrate.js';
import { resolveTarget } from '../../db/resolve-target.js';
import { discardDay } from '../../jobs/eod/run/discard-day.js';
import { eodStatus } from '../../jobs/eod/run/eod-status.js';
import type { CommandModule } from '../shell/command-module.js';
import { dayOption } from '../shell/day-option.js';
import { printOutcome } from '../shell/output.js';
import { actingIn } from '../shell/person-option.js';

interface Options {
  readonly date: string;
  readonly reason: string;
  readonly dryRun?: boolean;
  readonly by?: string;
}

export const command: CommandModule<[], Options> = {
  configure(cmd) {
    cmd.requiredOption('--date <date>').requiredOption('--reason <text>').option('--dry-run');
    cmd.option('--by <name>');
  },
  async run(context, _args, options) {
    const date = dayOption('--date', options.date)!;
    const target = await resolveTarget(context.bookFolder, context.env);
    await withClient(target, { applicationName: 'loanbook discard' }, async (client) => {
      await requireMigrated(client);
      await actingIn(client, { by: options.by, act: 'eod_discard', isNamed: false });
      const status = await eodStatus(client);
      const run = status?.openDay === options.date ? (status.run?.runId ?? null) : null;
      if (options.dryRun) {
        printOutcome(context, { date: options.date, wouldDiscardRun: run });
        return;
      }
      const discarded = await discardDay(client, date, options.reason);
      printOutcome(context, { date: options.date, discardedRun: discarded ?? null });
    });
    return undefined;
  },
};
