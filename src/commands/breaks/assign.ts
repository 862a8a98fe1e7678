import { assignBreak } from '../../jobs/reconcile/resolve-break.js';
import { actor } from '../reconcile/reconcile-options.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { printOutcome } from '../shell/output.js';
import { breakId } from './break-id.js';

export const command: CommandModule<[string], { to: string; by?: string; note?: string }> = {
  configure(cmd) {
    cmd
      .argument('<break>')
      .requiredOption('--to <name>')
      .option('--by <name>')
      .option('--note <text>');
  },
  async run(context, [text], { to, by, note = '' }) {
    const id = breakId(text);
    const outcome = await inBook(context, (client) =>
      assignBreak(client, id, { to, by: actor(by), note }),
    );
    printOutcome(context, { break: id, assignee: to, outcome });
    noteDoneBefore(context, outcome);
    return undefined;
  },
};
