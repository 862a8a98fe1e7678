import { reopenPeriod } from '../../../jobs/period/reopen-period.js';
import type { CommandModule } from '../../shell/command-module.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { printOutcome } from '../../shell/output.js';
import { actInBook, noteWaiting } from '../../shell/person-option.js';

export const command: CommandModule<[string], { reason: string; by?: string }> = {
  configure(cmd) {
    cmd.argument('<period>').requiredOption('--reason <text>').option('--by <name>');
  },
  async run(context, [name], { reason, by }) {
    const actor = { by, act: 'period_reopen' } as const;
    const reopened = await actInBook(context, actor, (client, person) =>
      reopenPeriod(client, { name, reason, by: person }),
    );
    printOutcome(context, { ...reopened });
    noteDoneBefore(context, reopened.outcome);
    noteWaiting(context, reopened.approval);
    return undefined;
  },
};
