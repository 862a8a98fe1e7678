import { assignBreak } from '../jobs/reconcile/resolve-break.js';
import { inBook } from './book-session.js';
import { breakId } from './break-id.js';
import type { CommandModule } from './command-module.js';
import { noteDoneBefore } from './done-before.js';
import { printOutcome } from './output.js';
import { actor } from './reconcile-options.js';

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
