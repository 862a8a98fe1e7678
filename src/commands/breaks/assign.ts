import { assignBreak } from '../../jobs/reconcile/resolve-break.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printOutcome } from '../shell/output.js';
import { actInBook } from '../shell/person-option.js';

export const command: CommandModule<[string], { to: string; by?: string; note?: string }> = {
  configure(cmd) {
    cmd
      .argument('<break>')
      .requiredOption('--to <name>')
      .option('--by <name>')
      .option('--note <text>');
  },
  async run(context, [text], { to, by, note = '' }) {
    const id = idArgument(ID.break, text);
    const actor = { by, act: 'break_assign' } as const;
    const outcome = await actInBook(context, actor, (client, person) =>
      assignBreak(client, id, { to, by: person, note }),
    );
    printOutcome(context, { break: id, assignee: to, outcome });
    noteDoneBefore(context, outcome);
    return undefined;
  },
};
