import { reopenPeriod } from '../../../jobs/period/close-period.js';
import { inBook } from '../../shell/book-session.js';
import type { CommandModule } from '../../shell/command-module.js';
import { noteDoneBefore } from '../../shell/done-before.js';
import { printOutcome } from '../../shell/output.js';
import { personOption } from '../../shell/person-option.js';

export const command: CommandModule<[string], { reason: string; by?: string }> = {
  configure(cmd) {
    cmd.argument('<period>').requiredOption('--reason <text>').option('--by <name>');
  },
  async run(context, [name], { reason, by }) {
    const job = { name, reason, by: personOption(by) };
    const reopened = await inBook(context, (client) => reopenPeriod(client, job));
    printOutcome(context, { ...reopened });
    noteDoneBefore(context, reopened.outcome);
    return undefined;
  },
};
