import { resolveBreak } from '../../jobs/reconcile/resolve-break.js';
import { inBook } from '../shell/book-session.js';
import type { CommandModule } from '../shell/command-module.js';
import { noteDoneBefore } from '../shell/done-before.js';
import { ID, idArgument } from '../shell/id-argument.js';
import { printOutcome } from '../shell/output.js';
import { personOption } from '../shell/person-option.js';

interface Flags {
  readonly as: string;
  readonly reason: string;
  readonly by?: string;
  readonly checker?: string;
}

export const command: CommandModule<[string], Flags> = {
  configure(cmd) {
    cmd
      .argument('<break>')
      .requiredOption('--as <resolution>')
      .requiredOption('--reason <text>')
      .option('--by <name>')
      .option('--checker <name>');
  },
  async run(context, [text], { as, reason, by, checker }) {
    const id = idArgument(ID.break, text);
    const options = { as, reason, by: personOption(by), checker };
    const resolved = await inBook(context, (client) => resolveBreak(client, id, options));
    printOutcome(context, { break: id, resolution: as, ...resolved });
    noteDoneBefore(context, resolved.outcome);
    return undefined;
  },
};
